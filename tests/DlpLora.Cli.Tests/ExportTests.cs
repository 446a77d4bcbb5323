using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime.Models;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

[TestClass]
public sealed class ExportTests
{
    [TestMethod]
    [DataRow("fp32", "qv")]
    [DataRow("int8", "attention")]
    [DataRow("int4", "all-linear")]
    [DataRow("int4", "none")]
    public async Task AnExportedFolderAnswers(string precision, string slots)
    {
        string source = Path.Combine(TestFolders.New(), "source");
        TinyLlama.Write(source, seed: 5);
        string folder = Path.Combine(TestFolders.New(), "model");
        Cli export = await Cli.RunAsync("export", "--from", source, "--to", folder, "--precision", precision, "--slots", slots);
        Assert.AreEqual(ExitCode.Ok, export.ExitCode, export.Error);
        Assert.AreEqual(slots == "none", ModelManifest.Load(folder).Slots.Count == 0);

        Cli generate = await Cli.RunWithInputAsync("""{"input_ids":[1,2,3]}""", "generate", "--model", folder, "--json", "--max-tokens", "3", "--min-tokens", "3");
        Assert.AreEqual(ExitCode.Ok, generate.ExitCode, generate.Error);
        Assert.AreEqual(3, generate.Rows[0].GetProperty("output_ids").GetArrayLength());
    }

    [TestMethod]
    public async Task CheckWritesNothingAndFindsWhatIsBroken()
    {
        string source = Path.Combine(TestFolders.New(), "source");
        TinyLlama.Write(source, seed: 5);
        Cli good = await Cli.RunAsync("export", "--from", source, "--check");
        Assert.AreEqual(ExitCode.Ok, good.ExitCode, good.Out + good.Error);

        string weights = Path.Combine(source, "model.safetensors");
        byte[] bytes = await File.ReadAllBytesAsync(weights);
        await File.WriteAllBytesAsync(weights, bytes[..(bytes.Length - 100)]);
        Cli broken = await Cli.RunAsync("export", "--from", source, "--check");
        Assert.AreEqual(ExitCode.BadInput, broken.ExitCode);
        StringAssert.Contains(broken.Out, "model.safetensors");
        Assert.HasCount(3, Directory.GetFileSystemEntries(source));
    }

    [TestMethod]
    public async Task AFolderThatIsNotOursIsNeverReplaced()
    {
        string folder = TestFolders.New();
        string precious = Path.Combine(folder, "precious.txt");
        await File.WriteAllTextAsync(precious, "keep me");
        _ = TestFolders.Tiny;
        Cli cli = await Cli.RunAsync("export", "--from", TestFolders.TinySource, "--to", folder);
        Assert.AreEqual(ExitCode.BadInput, cli.ExitCode);
        StringAssert.Contains(cli.Error, folder);
        Assert.AreEqual("keep me", await File.ReadAllTextAsync(precious));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder));
    }

    [TestMethod]
    public async Task EveryKindOfPathCanBeInspected()
    {
        (string Path, string Kind)[] paths =
        [
            (TestFolders.Tiny, "model folder"),
            (TestFolders.TinySource, "Hugging Face folder"),
            (Path.Combine(TestFolders.TinySource, "model.safetensors"), "safetensors"),
            (RepoFiles.Gguf, "GGUF"),
            (Path.Combine(RepoFiles.Adapters, "gsm8k"), "adapter"),
            (RepoFiles.Router, "router"),
        ];
        foreach ((string path, string kind) in paths)
        {
            Cli json = await Cli.RunAsync("inspect", path, "--json");
            Assert.AreEqual(ExitCode.Ok, json.ExitCode, json.Error);
            JsonElement result = json.Rows.Single();
            Assert.AreEqual(kind, result.GetProperty("kind").GetString());
            Assert.IsGreaterThan(1, result.GetProperty("facts").EnumerateObject().Count());

            Cli people = await Cli.RunAsync("inspect", path);
            Assert.AreEqual(ExitCode.Ok, people.ExitCode);
            StringAssert.StartsWith(people.Out, kind);
        }
    }

    [TestMethod]
    public async Task TheDoctorFindsTheNativeLibrary()
    {
        Cli cli = await Cli.RunAsync("doctor", "--json");
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Out);
        JsonElement report = cli.Rows.Single();
        CollectionAssert.Contains(report.GetProperty("providers").EnumerateArray().Select(p => p.GetString()).ToArray(), "CPUExecutionProvider");
        Assert.IsFalse(report.TryGetProperty("problem", out _));
    }
}
