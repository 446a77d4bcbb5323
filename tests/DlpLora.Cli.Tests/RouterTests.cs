using System.Text.Json;
using DlpLora.Cli.Hosting;

namespace DlpLora.Cli.Tests;

[TestClass]
public sealed class RouterTests
{
    private static readonly Lazy<string> Data = new(() =>
    {
        string folder = TestFolders.New();
        (string Task, Func<int, string> Row)[] tasks =
        [
            ("01-weather", i => $"Will it rain in {Place(i)} on day {i}, or does the sun shine?"),
            ("02-cooking", i => $"Give me a recipe with {Food(i)} and {Food(i + 3)} for {1 + (i % 6)} people."),
            ("travel", i => $"Book a train from {Place(i)} to {Place(i + 5)} for {1 + (i % 4)} persons."),
        ];
        foreach ((string task, Func<int, string> row) in tasks)
        {
            Directory.CreateDirectory(Path.Combine(folder, task));
            Write(folder, task, "train", row, 0, 60);
            Write(folder, task, "test", row, 60, 20);
        }

        File.WriteAllText(Path.Combine(folder, "01-weather", "other.jsonl"), "this is not read");
        return folder;
    });

    private static readonly Lazy<Task<string>> Trained = new(async () =>
    {
        string file = Path.Combine(TestFolders.New(), "router.safetensors");
        Cli cli = await Cli.RunAsync("router", "train", "--data", Data.Value, "--out", file, "--seed", "3").ConfigureAwait(false);
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        return file;
    });

    [TestMethod]
    public async Task ATrainedRouterIsMeasuredOnASplit()
    {
        Cli cli = await Cli.RunAsync("router", "eval", "--router", await Trained.Value, "--data", Data.Value, "--split", "test", "--json");
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        JsonElement row = cli.Rows.Single();
        Assert.AreEqual("test", row.GetProperty("split").GetString());
        Assert.AreEqual(60, row.GetProperty("rows").GetInt32());
        Assert.IsGreaterThan(0.9, row.GetProperty("top1").GetDouble());
        Assert.IsGreaterThanOrEqualTo(row.GetProperty("top1").GetDouble(), row.GetProperty("top2").GetDouble());
        foreach (string field in new[] { "ece", "abstained" })
        {
            Assert.IsTrue(row.GetProperty(field).GetDouble() is >= 0 and <= 1);
        }

        Assert.HasCount(3, row.GetProperty("perTask").EnumerateObject());
        Assert.IsTrue(row.GetProperty("perTask").TryGetProperty("weather", out _), "a task's name has no leading number");
    }

    [TestMethod]
    public async Task AReportPageAndItsPicturesAreWrittenBesideTheSameJson()
    {
        string folder = Path.Combine(TestFolders.New(), "report");
        string[] eval = ["router", "eval", "--router", await Trained.Value, "--data", Data.Value, "--split", "test", "--json"];
        Cli plain = await Cli.RunAsync(eval);
        Cli cli = await Cli.RunAsync([.. eval, "--report", folder]);
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        Assert.AreEqual(plain.Out, cli.Out);
        CollectionAssert.AreEquivalent(
            new[] { "confusion.png", "confusion.svg", "reliability.png", "reliability.svg", "report.html" },
            Directory.GetFiles(folder).Select(Path.GetFileName).ToArray());
        string page = await File.ReadAllTextAsync(Path.Combine(folder, "report.html"));
        StringAssert.Contains(page, "Most often confused");
        StringAssert.Contains(page, "<th scope=\"row\">weather</th>");
    }

    [TestMethod]
    public async Task AFileOfRowsIsLearnedAndWhatWasLeftOutIsTold()
    {
        string folder = TestFolders.New();
        string data = Path.Combine(folder, "rows.jsonl");
        await File.WriteAllLinesAsync(data, [
            .. Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(i % 2 == 0
                ? new { input = $"Will it rain in {Place(i)} on day {i}?", task = "weather" }
                : new { input = $"A recipe with {Food(i)} for {i} people.", task = "cooking" })),
            """{"input":"  ","task":"weather"}""",
            "not json",
        ]);
        Cli cli = await Cli.RunAsync("router", "train", "--data", data, "--out", Path.Combine(folder, "router.safetensors"));
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        Assert.AreEqual(string.Empty, cli.Out);
        StringAssert.Contains(cli.Error, "2 labels from 40 rows");
        StringAssert.Contains(cli.Error, "rows.jsonl: line 41");
        StringAssert.Contains(cli.Error, "rows.jsonl: line 42");
    }

    [TestMethod]
    public async Task TextsAreRoutedLineByLineWithSegmentsThatCoverThem()
    {
        const string Text = "Book a train from Rome to Oslo for 2 persons.\n\nGive me a recipe with rice and beans for 4 people. 🍚";
        string input = JsonSerializer.Serialize(new { text = Text }) + "\nnot json\n{\"text\":\"\"}\n";
        Cli cli = await Cli.RunWithInputAsync(input, "route", "--router", await Trained.Value, "--json", "--scope", "sentence");

        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        Assert.HasCount(3, cli.Rows);
        JsonElement row = cli.Rows[0];
        Assert.AreEqual(Text, row.GetProperty("text").GetString());
        Assert.IsGreaterThan(0, row.GetProperty("microseconds").GetDouble());
        int position = 0;
        foreach (JsonElement segment in row.GetProperty("segments").EnumerateArray())
        {
            Assert.AreEqual(position, segment.GetProperty("start").GetInt32());
            position = segment.GetProperty("end").GetInt32();
        }

        Assert.AreEqual(Text.Length, position);
        Assert.AreEqual(row.GetProperty("abstained").GetBoolean(), row.GetProperty("adapters").GetArrayLength() == 0);
        StringAssert.Contains(cli.Rows[1].GetProperty("error").GetString(), "line 2");
        Assert.IsTrue(cli.Rows[2].GetProperty("abstained").GetBoolean());
        Assert.AreEqual(0, cli.Rows[2].GetProperty("adapters").GetArrayLength());
    }

    [TestMethod]
    public async Task TheWeightsOfADecisionAddUpToOne()
    {
        Cli cli = await Cli.RunWithInputAsync(
            """{"text":"Give me a recipe with rice and beans for 4 people."}""", "route", "--router", await Trained.Value, "--json");
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        JsonElement.ArrayEnumerator adapters = cli.Rows.Single().GetProperty("adapters").EnumerateArray();
        Assert.AreEqual("cooking", adapters.First().GetProperty("name").GetString());
        Assert.AreEqual(1, adapters.Sum(a => a.GetProperty("weight").GetDouble()), 1e-5);
        Assert.IsFalse(cli.Rows.Single().TryGetProperty("segments", out _));
    }

    [TestMethod]
    public async Task TheSameSeedGivesTheSameFile()
    {
        string again = Path.Combine(TestFolders.New(), "router.safetensors");
        await Cli.RunAsync("router", "train", "--data", Data.Value, "--out", again, "--seed", "3");
        CollectionAssert.AreEqual(await File.ReadAllBytesAsync(await Trained.Value), await File.ReadAllBytesAsync(again));
    }

    [TestMethod]
    public async Task OnlyTheTasksAskedForAreLearnedAndAMissingOneIsNamed()
    {
        string file = Path.Combine(TestFolders.New(), "router.safetensors");
        Cli two = await Cli.RunAsync("router", "train", "--data", Data.Value, "--out", file, "--tasks", "travel,weather", "--rows-per-task", "20");
        Assert.AreEqual(ExitCode.Ok, two.ExitCode, two.Error);
        StringAssert.Contains(two.Error, "2 labels from 40 rows");

        Cli eval = await Cli.RunAsync("router", "eval", "--router", file, "--data", Data.Value, "--split", "test", "--json");
        Assert.AreEqual(40, eval.Rows.Single().GetProperty("rows").GetInt32());
        StringAssert.Contains(eval.Error, "cooking");

        Cli missing = await Cli.RunAsync("router", "train", "--data", Data.Value, "--out", file, "--tasks", "travel,gardening");
        Assert.AreEqual(ExitCode.BadInput, missing.ExitCode);
        StringAssert.Contains(missing.Error, "gardening");
    }

    [TestMethod]
    public async Task ABrokenTrainingRowIsNamedWithItsLineAndNothingIsWritten()
    {
        string folder = TestFolders.New();
        Directory.CreateDirectory(Path.Combine(folder, "a"));
        await File.WriteAllTextAsync(Path.Combine(folder, "a", "train.jsonl"), "{\"input\":\"one\"}\n{\"input\":2}\n");
        string file = Path.Combine(folder, "router.safetensors");
        Cli cli = await Cli.RunAsync("router", "train", "--data", folder, "--out", file);
        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        StringAssert.Contains(cli.Error, "train.jsonl");
        StringAssert.Contains(cli.Error, "2");
        Assert.IsFalse(File.Exists(file));
    }

    [TestMethod]
    public async Task AFileThatIsNoRouterIsRefused()
    {
        Cli cli = await Cli.RunWithInputAsync(
            """{"text":"hello"}""", "route", "--json", "--router", Path.Combine(Testing.RepoFiles.Adapters, "gsm8k", "adapter_model.safetensors"));
        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        StringAssert.Contains(cli.Error, "adapter_model.safetensors");
    }

    private static void Write(string folder, string task, string split, Func<int, string> row, int first, int count) =>
        File.WriteAllLines(
            Path.Combine(folder, task, $"{split}.jsonl"),
            Enumerable.Range(first, count).Select(i => JsonSerializer.Serialize(new { input = row(i), output = "ignored" })));

    private static string Place(int i) => new[] { "Rome", "Oslo", "Paris", "Lima", "Cairo", "Quito", "Berlin", "Tokyo", "Delhi", "Accra", "Bern" }[i % 11];

    private static string Food(int i) => new[] { "rice", "beans", "fish", "leeks", "eggs", "bread", "pears" }[i % 7];
}
