using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime.Safetensors;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

[TestClass]
public sealed class GenerateTests
{
    [TestMethod]
    public async Task RowsAreAnsweredInOrderWithTheFieldsThatScriptsRead()
    {
        string rows = """
            {"id":"spanish","input":"Translate this Spanish sentence into English: El tren llega a las ocho.","mixture":{"translate_es_en":1}}

            {"input_ids":[504,4445],"mixture":{}}
            """;
        Cli cli = await Cli.RunWithInputAsync(
            rows, "generate", "--model", TestFolders.Small, "--adapters", RepoFiles.Adapters, "--json", "--base", "--max-tokens", "8");

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        Assert.HasCount(2, cli.Rows);
        JsonElement first = cli.Rows[0];
        Assert.AreEqual("spanish", first.GetProperty("id").GetString());
        Assert.IsGreaterThan(0, first.GetProperty("text").GetString()!.Length);
        Assert.AreEqual(JsonValueKind.String, first.GetProperty("base_text").ValueKind);
        int completion = first.GetProperty("usage").GetProperty("completion_tokens").GetInt32();
        Assert.AreEqual(completion, first.GetProperty("output_ids").GetArrayLength());
        Assert.IsGreaterThan(20, first.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        Assert.IsGreaterThan(0, first.GetProperty("usage").GetProperty("prefill_ms").GetDouble());
        Assert.IsGreaterThan(0, first.GetProperty("usage").GetProperty("decode_ms").GetDouble());
        Assert.Contains(first.GetProperty("finish_reason").GetString(), new[] { "stop", "length" });
        Assert.AreEqual("mixture", first.GetProperty("routing").GetProperty("source").GetString());
        Assert.AreEqual("translate_es_en", first.GetProperty("routing").GetProperty("adapters")[0].GetProperty("name").GetString());
        Assert.AreEqual("1", cli.Rows[1].GetProperty("id").GetString());
        Assert.AreEqual(2, cli.Rows[1].GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [TestMethod]
    public async Task QuestionsOfARowAreAnsweredOneByOneInSentenceScope()
    {
        const string First = "Translate this Spanish sentence into English: El tren llega a las ocho.";
        const string Second = "I have a chair, two tables and three lamps. How many objects do I have?";
        string rows = JsonSerializer.Serialize(new { input = $"{First}\n\n{Second}" });
        string[] options = ["generate", "--model", TestFolders.Small, "--adapters", RepoFiles.Adapters, "--router", RepoFiles.Router, "--json", "--max-tokens", "12"];
        Cli cli = await Cli.RunWithInputAsync(rows, [.. options, "--scope", "sentence"]);

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        JsonElement[] answers = [.. cli.Rows[0].GetProperty("answers").EnumerateArray()];
        Assert.HasCount(2, answers);
        Assert.AreEqual(string.Join("\n\n", answers.Select(a => a.GetProperty("text").GetString())), cli.Rows[0].GetProperty("text").GetString());
        Assert.AreEqual((0, First.Length + 2), (answers[0].GetProperty("start").GetInt32(), answers[1].GetProperty("start").GetInt32()));
        Assert.AreEqual("translate_es_en", answers[0].GetProperty("adapters")[0].GetProperty("name").GetString());
        Assert.AreEqual("object_counting", answers[1].GetProperty("adapters")[0].GetProperty("name").GetString());

        Cli together = await Cli.RunWithInputAsync(rows, [.. options, "--scope", "sentence", "--segments", "together", "--on-switch", "recompute"]);
        Assert.AreEqual(ExitCode.Ok, together.ExitCode, together.Error);
        Assert.IsFalse(together.Rows[0].TryGetProperty("answers", out _));
    }

    [TestMethod]
    public async Task TheMixtureOfARowWinsOverTheOption()
    {
        string rows = """
            {"id":"row","input_ids":[1,17,200],"mixture":{"two":1}}
            {"id":"option","input_ids":[1,17,200]}
            """;
        Cli cli = await Cli.RunWithInputAsync(
            rows, "generate", "--model", TestFolders.Tiny, "--adapters", TestFolders.TinyAdapters, "--adapter", "one=0.5", "--json", "--max-tokens", "4");

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        Assert.AreEqual("two", cli.Rows[0].GetProperty("routing").GetProperty("adapters")[0].GetProperty("name").GetString());
        JsonElement option = cli.Rows[1].GetProperty("routing").GetProperty("adapters")[0];
        Assert.AreEqual("one", option.GetProperty("name").GetString());
        Assert.AreEqual(0.5, option.GetProperty("weight").GetDouble());
    }

    [TestMethod]
    public async Task AWideMixtureIsAnsweredWithALowerRankAndItsErrorTold()
    {
        string rows = """
            {"id":"wide","input_ids":[1,17,200],"mixture":{"one":0.5,"two":0.5}}
            {"id":"narrow","input_ids":[1,17,200],"mixture":{"two":1}}
            """;
        Cli cli = await Cli.RunWithInputAsync(
            rows, "generate", "--model", TestFolders.Tiny, "--adapters", TestFolders.TinyAdapters, "--max-mixture-rank", "3", "--json", "--max-tokens", "4");

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        JsonElement compression = cli.Rows[0].GetProperty("routing").GetProperty("compression");
        Assert.AreEqual(6, compression.GetProperty("mixture_rank").GetInt32());
        Assert.AreEqual(3, compression.GetProperty("rank").GetInt32());
        double error = compression.GetProperty("error").GetDouble();
        Assert.IsInRange(0.01, 0.99, error);
        Assert.IsInRange(error, 0.99, compression.GetProperty("worst_module_error").GetDouble());
        StringAssert.StartsWith(compression.GetProperty("worst_module").GetString(), "model.layers.");
        Assert.IsFalse(cli.Rows[1].GetProperty("routing").TryGetProperty("compression", out _));
    }

    [TestMethod]
    public async Task AFolderWithoutATokenizerAnswersIdsAndFailsOnlyTexts()
    {
        string rows = """
            {"id":"ids","input_ids":[1,17,200]}
            {"id":"text","input":"Hello"}
            {"id":"more","input_ids":[1,17]}
            """;
        Cli cli = await Cli.RunWithInputAsync(rows, "generate", "--model", TestFolders.Tiny, "--json", "--max-tokens", "4");

        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        Assert.AreEqual(JsonValueKind.Null, cli.Rows[0].GetProperty("text").ValueKind);
        Assert.AreEqual(JsonValueKind.Null, cli.Rows[0].GetProperty("routing").ValueKind);
        Assert.AreEqual("text", cli.Rows[1].GetProperty("id").GetString());
        StringAssert.Contains(cli.Rows[1].GetProperty("error").GetString(), "tokenizer.json");
        Assert.AreEqual("more", cli.Rows[2].GetProperty("id").GetString());
        Assert.IsGreaterThan(0, cli.Rows[2].GetProperty("output_ids").GetArrayLength());
    }

    [TestMethod]
    [DataRow("""{"id":"x"}""")]
    [DataRow("""{"id":"x","input":"a","input_ids":[1]}""")]
    [DataRow("""{"id":"x","input_ids":[]}""")]
    [DataRow("""{"id":"x","input_ids":["a"]}""")]
    [DataRow("""{"id":"x","input_ids":[-1]}""")]
    [DataRow("""{"id":"x","input_ids":[256]}""")]
    [DataRow("""{"id":"x","input_ids":[1],"mixture":{"nobody":1}}""")]
    [DataRow("""{"id":"x","input_ids":[1],"mixture":{"nobody":0}}""")]
    [DataRow("""{"id":"x","input_ids":[1],"mixture":{"broken":1}}""")]
    [DataRow("""{"id":"x","input_ids":[1],"mixture":{"one":"much"}}""")]
    [DataRow("""{"id":"x","input_ids":[1],"mixture":[1]}""")]
    public async Task ABadRowIsAnsweredWithItsErrorAndTheOthersStillGetTheirs(string bad)
    {
        Cli cli = await Cli.RunWithInputAsync(
            bad + "\n{\"id\":\"good\",\"input_ids\":[1,2]}\n",
            "generate", "--model", TestFolders.Tiny, "--adapters", TestFolders.TinyAdapters, "--json", "--max-tokens", "2");

        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        Assert.AreEqual("x", cli.Rows[0].GetProperty("id").GetString());
        Assert.IsGreaterThan(10, cli.Rows[0].GetProperty("error").GetString()!.Length);
        Assert.AreEqual("good", cli.Rows[1].GetProperty("id").GetString());
        Assert.AreEqual(2, cli.Rows[1].GetProperty("output_ids").GetArrayLength());
    }

    [TestMethod]
    public async Task APromptLongerThanTheContextNamesBothNumbers()
    {
        string ids = string.Join(',', Enumerable.Repeat("1", 300));
        Cli cli = await Cli.RunWithInputAsync($$"""{"id":"long","input_ids":[{{ids}}]}""", "generate", "--model", TestFolders.Tiny, "--json");
        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        StringAssert.Contains(cli.Rows[0].GetProperty("error").GetString(), "300");
        StringAssert.Contains(cli.Rows[0].GetProperty("error").GetString(), "256");
    }

    [TestMethod]
    public async Task AFileForLogitsThatCannotBeWrittenIsToldBeforeAnyRowIsAnswered()
    {
        string folder = TestFolders.New();
        Cli cli = await Cli.RunWithInputAsync(
            """{"input_ids":[1,2]}""", "generate", "--model", TestFolders.Tiny, "--json", "--max-tokens", "1", "--logits", folder);
        Assert.AreNotEqual(ExitCode.Ok, cli.ExitCode);
        Assert.IsEmpty(cli.Rows);
        Assert.Contains(folder, cli.Error);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder));
    }

    [TestMethod]
    public async Task LogitsAreWrittenOncePerRowUnderItsId()
    {
        string file = Path.Combine(TestFolders.New(), "logits.safetensors");
        string rows = """
            {"id":"a","input_ids":[1,17,200]}
            {"id":"b","input_ids":[1,17,200],"mixture":{"one":1}}
            """;
        Cli cli = await Cli.RunWithInputAsync(
            rows, "generate", "--model", TestFolders.Tiny, "--adapters", TestFolders.TinyAdapters, "--json", "--max-tokens", "1", "--logits", file);

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        using SafetensorsFile logits = SafetensorsFile.Open(file);
        float[] a = logits.ReadSingles("a");
        float[] b = logits.ReadSingles("b");
        Assert.HasCount(TinyLlama.Vocabulary, a);
        Assert.AreEqual(cli.Rows[0].GetProperty("output_ids")[0].GetInt32(), Array.IndexOf(a, a.Max()));
        CollectionAssert.AreNotEqual(a, b);
    }

    [TestMethod]
    public async Task RowsDecodedTogetherGiveTheSameIdsInTheSameOrder()
    {
        string[] mixtures = ["{}", "{\"one\":1}", "{\"two\":0.7}", "{\"one\":0.4,\"two\":-0.5}"];
        string rows = string.Join('\n', Enumerable.Range(0, 11).Select(i => i == 5
            ? "{\"id\":\"bad\",\"input_ids\":[]}"
            : $$"""{"id":"r{{i}}","input_ids":[1,{{10 + i}},{{20 + (i * 3)}}],"mixture":{{mixtures[i % 4]}}}"""));
        string[] arguments = ["generate", "--model", TestFolders.Tiny, "--adapters", TestFolders.TinyAdapters, "--json", "--max-tokens", "24"];
        Cli alone = await Cli.RunWithInputAsync(rows, arguments);
        Cli together = await Cli.RunWithInputAsync(rows, [.. arguments, "--parallel", "4"]);
        Assert.AreEqual(ExitCode.BadInput, together.ExitCode, together.Error);
        Assert.HasCount(11, together.Rows);
        for (int i = 0; i < 11; i++)
        {
            Assert.AreEqual(i == 5 ? "bad" : $"r{i}", together.Rows[i].GetProperty("id").GetString());
            if (i != 5)
            {
                Assert.AreEqual(alone.Rows[i].GetProperty("output_ids").GetRawText(), together.Rows[i].GetProperty("output_ids").GetRawText());
            }
        }
    }

    [TestMethod]
    [DataRow("1")]
    [DataRow("4")]
    public async Task ARowIsAnsweredBeforeTheNextIsThere(string parallel)
    {
        using StringWriter error = new() { NewLine = "\n" };
        using WaitingReader rows = new("{\"id\":\"a\",\"input_ids\":[1,2]}", "{\"id\":\"b\",\"input_ids\":[1,3]}");
        using StringWriter output = rows.CreateWriter();
        int exit = await CommandLine.RunAsync(
            ["generate", "--model", TestFolders.Tiny, "--json", "--max-tokens", "2", "--parallel", parallel],
            new CliHost(rows, output, error, Decorate: false, Animate: false));
        Assert.AreEqual(ExitCode.Ok, exit, error.ToString());
        Assert.HasCount(2, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [TestMethod]
    public async Task ANumberOfRowsThatCannotBeIsAUsageError()
    {
        Cli cli = await Cli.RunWithInputAsync(string.Empty, "generate", "--model", TestFolders.Tiny, "--parallel", "0");
        Assert.AreEqual(ExitCode.Usage, cli.ExitCode);
        StringAssert.Contains(cli.Error, "--parallel");
    }

    [TestMethod]
    public async Task WithoutJsonALongAnswerIsStillOneLine()
    {
        Cli cli = await Cli.RunWithInputAsync(
            """{"id":"long","input_ids":[1,17,200]}""", "generate", "--model", TestFolders.Tiny, "--min-tokens", "200", "--max-tokens", "200");

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        string[] lines = cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, lines);
        Assert.HasCount(200, lines[1].Split(' '));
    }

    [TestMethod]
    public async Task AnIdThatNoTensorCanHaveFailsItsRowOnly()
    {
        string file = Path.Combine(TestFolders.New(), "logits.safetensors");
        string rows = """
            {"id":"twice","input_ids":[]}
            {"id":"__metadata__","input_ids":[1,17]}
            {"id":"","input_ids":[1,17]}
            {"id":"twice","input_ids":[1,17]}
            """;
        Cli cli = await Cli.RunWithInputAsync(rows, "generate", "--model", TestFolders.Tiny, "--json", "--max-tokens", "1", "--logits", file);

        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode, cli.Error);
        StringAssert.Contains(cli.Rows[1].GetProperty("error").GetString(), "__metadata__");
        using SafetensorsFile logits = SafetensorsFile.Open(file);
        CollectionAssert.AreEquivalent(new[] { "", "twice" }, logits.Tensors.Keys.ToArray());
    }

    [TestMethod]
    public async Task MinTokensHoldsTheEndTokenBackAndTheSameSeedGivesTheSameDraws()
    {
        string[] args = ["generate", "--model", TestFolders.Tiny, "--json", "--min-tokens", "24", "--max-tokens", "24", "--temperature", "1.5", "--seed", "7"];
        const string Row = """{"input_ids":[1,17,200]}""";
        Cli first = await Cli.RunWithInputAsync(Row, args);
        Cli second = await Cli.RunWithInputAsync(Row, args);
        Cli other = await Cli.RunWithInputAsync(Row, [.. args[..^1], "8"]);

        Assert.AreEqual(ExitCode.Ok, first.ExitCode, first.Error);
        Assert.AreEqual(24, first.Rows[0].GetProperty("output_ids").GetArrayLength());
        Assert.AreEqual("length", first.Rows[0].GetProperty("finish_reason").GetString());
        Assert.AreEqual(first.Rows[0].GetProperty("output_ids").GetRawText(), second.Rows[0].GetProperty("output_ids").GetRawText());
        Assert.AreNotEqual(first.Rows[0].GetProperty("output_ids").GetRawText(), other.Rows[0].GetProperty("output_ids").GetRawText());
    }

    [TestMethod]
    public async Task AMissingModelOrInputFileIsNamed()
    {
        string missing = Path.Combine(TestFolders.New(), "missing");
        Cli model = await Cli.RunAsync("generate", "--model", missing);
        Cli input = await Cli.RunAsync("generate", "--model", TestFolders.Tiny, "--input", missing);
        Assert.AreEqual(ExitCode.BadInput, model.ExitCode);
        StringAssert.Contains(model.Error, missing);
        Assert.AreEqual(ExitCode.BadInput, input.ExitCode);
        StringAssert.Contains(input.Error, missing);
    }

    [TestMethod]
    public async Task ACancelledRunExitsWith130()
    {
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();
        using StringReader rows = new("""{"input_ids":[1]}""");
        using StringWriter output = new();
        using StringWriter error = new();
        int exit = await CommandLine.RunAsync(
            ["generate", "--model", TestFolders.Tiny, "--json"], new CliHost(rows, output, error, false, false), cancelled.Token);
        Assert.AreEqual(ExitCode.Cancelled, exit, error.ToString());
    }
}
