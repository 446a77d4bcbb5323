using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Tests.Adapters;

/// <summary>PEFT's rules of which module is meant, with which rank and scale.</summary>
[TestClass]
public sealed class PeftConfigTests
{
    private const string Query = "model.layers.1.self_attn.q_proj";
    private const string Up = "model.layers.1.mlp.up_proj";

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-peft-config").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("""["q_proj"]""", Query, true)]
    [DataRow("""["q_proj"]""", Up, false)]
    [DataRow("""["self_attn.q_proj"]""", Query, true)]
    [DataRow("""["proj"]""", Query, false, DisplayName = "a suffix begins after a dot")]
    [DataRow("""["q.proj"]""", Query, false, DisplayName = "names are no patterns")]
    [DataRow("""["model.layers.1.self_attn.q_proj"]""", Query, true)]
    [DataRow("\".*\\\\.q_proj\"", Query, true)]
    [DataRow("\"q_proj\"", Query, false, DisplayName = "a pattern is for the whole name")]
    [DataRow("\".*(q|up)_proj\"", Up, true)]
    [DataRow("\"(?=.*q_proj).*\"", Query, true, DisplayName = "look-ahead")]
    [DataRow("\"all-linear\"", Up, true)]
    [DataRow("\"all-linear\"", "lm_head", false)]
    public void Targets(string targets, string module, bool expected) =>
        Assert.AreEqual(expected, Read($"\"target_modules\": {targets}").Targets.Contains(module));

    [TestMethod]
    [DataRow("""["q_proj"]""", false)]
    [DataRow("""["layers.1.self_attn.q_proj"]""", false)]
    [DataRow("""["layers.2.self_attn.q_proj"]""", true)]
    [DataRow("\".*layers\\\\.1\\\\..*\"", false)]
    [DataRow("\"\"", true)]
    [DataRow("null", true)]
    public void ExcludedModulesAreNoTargets(string excluded, bool expected) =>
        Assert.AreEqual(expected, Read($"\"target_modules\": [\"q_proj\"], \"exclude_modules\": {excluded}").Targets.Contains(Query));

    [TestMethod]
    [DataRow("[1]", "null", true)]
    [DataRow("1", "null", true)]
    [DataRow("[0, 2]", "null", false)]
    [DataRow("[]", "null", true)]
    [DataRow("[1]", "\"layers\"", true)]
    [DataRow("[1]", "[\"h\", \"layers\"]", true)]
    [DataRow("[1]", "\"blocks\"", false)]
    public void LayersNarrowTargetsNamedBySuffix(string layers, string pattern, bool expected) =>
        Assert.AreEqual(expected, Read($"\"target_modules\": [\"q_proj\"], \"layers_to_transform\": {layers}, \"layers_pattern\": {pattern}").Targets.Contains(Query));

    [TestMethod]
    public void LayersTogetherWithAPatternAreRefused() => Assert.AreEqual(
        "layers_to_transform",
        Assert.ThrowsExactly<InvalidFileException>(() => Read("\"target_modules\": \".*q_proj\", \"layers_to_transform\": [1]")).Place);

    [TestMethod]
    [DataRow("q_proj", 2)]
    [DataRow("self_attn.q_proj", 2)]
    [DataRow("model.layers.1.self_attn.q_proj", 2)]
    [DataRow("layers\\\\.[01]\\\\..*q_proj", 2)]
    [DataRow("proj", 8)]
    [DataRow("up_proj", 8)]
    [DataRow("q_proj|up_proj", 2)]
    public void RankPatternsMatchTheNamesEnd(string key, int rank) =>
        Assert.AreEqual(rank, Read($"\"target_modules\": [\"q_proj\"], \"rank_pattern\": {{\"{key}\": 2}}").RankOf(Query));

    [TestMethod]
    public void TheFirstPatternThatMatchesWins() => Assert.AreEqual(
        3, Read("\"target_modules\": [\"q_proj\"], \"rank_pattern\": {\"up_proj\": 2, \".*q_proj\": 3, \"q_proj\": 4}").RankOf(Query));

    [TestMethod]
    public void ScaleIsAlphaOverRankOrOverItsRoot()
    {
        Assert.AreEqual(2, Read("\"target_modules\": [\"q_proj\"]").ScaleOf(Query));
        Assert.AreEqual(16 / Math.Sqrt(8), Read("\"target_modules\": [\"q_proj\"], \"use_rslora\": true").ScaleOf(Query), 1e-12);
        PeftConfig patterns = Read("\"target_modules\": [\"q_proj\"], \"rank_pattern\": {\"q_proj\": 4}, \"alpha_pattern\": {\"q_proj\": 6}");
        Assert.AreEqual(1.5, patterns.ScaleOf(Query));
        Assert.AreEqual(2, patterns.ScaleOf(Up));
    }

    [TestMethod]
    public void APatternThatBacktracksForeverEndsAsAnError()
    {
        // A back-reference rules out the linear engine.
        PeftConfig config = Read("\"target_modules\": \"(a|aa|b)*(c)\\\\2$\"");
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => config.Targets.Contains(new string('a', 60) + "cd"));
        Assert.AreEqual("target_modules", error.Place);
    }

    private PeftConfig Read(string settings)
    {
        File.WriteAllText(Path.Combine(_folder, PeftConfig.FileName), $$"""{"peft_type": "LORA", "r": 8, "lora_alpha": 16, {{settings}}}""");
        return PeftConfigReader.Read(_folder);
    }
}
