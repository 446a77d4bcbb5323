using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime.Routing;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

/// <summary>Labels added, removed, renamed and explained from the command line, on the router that is shipped.</summary>
[TestClass]
public sealed class RouterLabelTests
{
    [TestMethod]
    public async Task AnAdapterIsAddedRenamedAndRemoved()
    {
        string folder = TestFolders.New();
        string examples = Path.Combine(folder, "rhymes.jsonl");
        await File.WriteAllLinesAsync(examples, new[] { "moon", "silver", "table", "garden", "light", "window" }.Select((w, i) =>
            i % 2 == 0 ? JsonSerializer.Serialize(new { input = $"Find a rhyme for {w}." }) : JsonSerializer.Serialize(new { text = $"What rhymes with {w}?" })));
        string added = Path.Combine(folder, "added.safetensors");
        Cli add = await Cli.RunAsync("router", "add", "--router", RepoFiles.Router, "--name", "rhymes", "--examples", examples, "--out", added);
        Assert.AreEqual(ExitCode.Ok, add.ExitCode, add.Error);
        Assert.AreEqual(string.Empty, add.Out);
        Router router = Router.Load(added);
        CollectionAssert.Contains(router.Labels.ToArray(), "rhymes");
        StringAssert.Contains(add.Error, router.Version);

        Cli rename = await Cli.RunAsync("router", "rename", "--router", added, "--name", "rhymes", "--to", "verses", "--out", added);
        Assert.AreEqual(ExitCode.Ok, rename.ExitCode, rename.Error);
        CollectionAssert.Contains(Router.Load(added).Labels.ToArray(), "verses");

        Cli remove = await Cli.RunAsync("router", "remove", "--router", added, "--name", "verses", "--out", added);
        Assert.AreEqual(ExitCode.Ok, remove.ExitCode, remove.Error);
        Assert.AreEqual(Router.Load(RepoFiles.Router).Version, Router.Load(added).Version, "what was added is gone without a trace");
    }

    [TestMethod]
    public async Task ABadExampleIsNamedWithItsLineAndNothingIsWritten()
    {
        string folder = TestFolders.New();
        string examples = Path.Combine(folder, "bad.jsonl");
        string output = Path.Combine(folder, "out.safetensors");
        foreach (string bad in (string[])["{\"input\":\" \"}", "{\"input\":3}", "[]", "no json"])
        {
            await File.WriteAllTextAsync(examples, $"{{\"input\":\"one\"}}\n\n{bad}\n");
            Cli cli = await Cli.RunAsync("router", "add", "--router", RepoFiles.Router, "--name", "new", "--examples", examples, "--out", output);
            Assert.AreEqual(ExitCode.BadInput, cli.ExitCode, bad);
            StringAssert.Contains(cli.Error, "line 3", bad);
            StringAssert.Contains(cli.Error, "bad.jsonl", bad);
        }

        Assert.IsFalse(File.Exists(output));
    }

    [TestMethod]
    public async Task UnknownAndTakenNamesAreBadInput()
    {
        string output = Path.Combine(TestFolders.New(), "out.safetensors");
        Cli unknown = await Cli.RunAsync("router", "remove", "--router", RepoFiles.Router, "--name", "hiking", "--out", output);
        Assert.AreEqual(ExitCode.BadInput, unknown.ExitCode);
        StringAssert.Contains(unknown.Error, "hiking");
        Cli taken = await Cli.RunAsync("router", "rename", "--router", RepoFiles.Router, "--name", "gsm8k", "--to", "piqa", "--out", output);
        Assert.AreEqual(ExitCode.BadInput, taken.ExitCode);
        Assert.IsFalse(File.Exists(output));
    }

    [TestMethod]
    public async Task ADecisionIsExplainedByScoresAndWords()
    {
        const string Text = "Translate the following German sentence into English: Das Wetter ist heute schön.";
        Cli cli = await Cli.RunAsync("router", "explain", "--router", RepoFiles.Router, "--text", Text, "--json");
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        JsonElement row = cli.Rows.Single();
        JsonElement decision = row.GetProperty("decision");
        Assert.AreEqual(Router.Load(RepoFiles.Router).Version, row.GetProperty("router_version").GetString());
        Assert.AreEqual("translate_de_en", decision.GetProperty("labels")[0].GetProperty("name").GetString());
        Assert.AreEqual(26, decision.GetProperty("labels").GetArrayLength());
        JsonElement[] words = [.. decision.GetProperty("words").EnumerateArray()];
        Assert.HasCount(Text.Split(' ').Length, words);
        foreach (JsonElement word in words)
        {
            Assert.AreEqual(word.GetProperty("word").GetString(), Text[word.GetProperty("start").GetInt32()..word.GetProperty("end").GetInt32()]);
        }

        Assert.IsGreaterThan(0, words.Max(w => w.GetProperty("gain").GetSingle()));
        Assert.AreEqual(Text.Length, row.GetProperty("segments").EnumerateArray().Last().GetProperty("end").GetInt32());
    }

    [TestMethod]
    public async Task AnExplanationForPeopleIsPlainWhenRedirected()
    {
        Cli cli = await Cli.RunWithInputAsync("How many apples are left [of 12] when 5 are sold?\n", "router", "explain", "--router", RepoFiles.Router);
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        StringAssert.Contains(cli.Out, "How many apples are left [of 12] when 5 are sold?");
        StringAssert.Contains(cli.Out, "confidence");
        Assert.IsFalse(cli.Out.Contains('\u001b', StringComparison.Ordinal));
    }
}
