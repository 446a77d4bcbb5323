using System.Runtime.CompilerServices;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Generation;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Documentation;

[TestClass]
public sealed class ReadmeTests
{
    /// <summary>The README's code runs here; the test holds the two texts together, so that neither can go stale alone.</summary>
    private static async Task RunReadmeAsync(TextWriter Console)
    {
        // <readme>
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync("artifacts/models/smollm2-int4", new DlpLoraOptions
        {
            AdapterFolder = "samples/models/adapters",
            RouterFile = "samples/models/router.safetensors",
        });
        foreach (string prompt in new[]
        {
            "name[The Green Lantern], eatType[restaurant], food[Italian], priceRange[cheap], area[riverside], near[The Old Bridge]\nWrite a short description.",
            "Remove the disfluencies: Who was the king, no, the queen of England in 1850?",
        })
        {
            GenerationResult answer = await engine.GenerateAsync(prompt);
            Console.WriteLine($"{answer.Routing[^1].Mixture}: {answer.Text}");
        }
        // </readme>
    }

    [TestMethod]
    [DoNotParallelize]
    public async Task TheReadmesCodeRunsAndRoutesAsItPrints()
    {
        string readme = (await File.ReadAllTextAsync(Path.Combine(RepoFiles.Root, "README.md"))).ReplaceLineEndings("\n");
        Assert.Contains(Trimmed(ThisCode()), Trimmed(readme), "README.md does not hold the code of this test");

        TestModels.SmolLm2(Precision.Int4);
        string here = Environment.CurrentDirectory;
        using StringWriter output = new() { NewLine = "\n" };
        try
        {
            Environment.CurrentDirectory = RepoFiles.Root;
            await RunReadmeAsync(output);
        }
        finally
        {
            Environment.CurrentDirectory = here;
        }

        // Which adapter answers is the same everywhere; int4 may word an answer differently on another processor.
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, lines);
        foreach (string line in lines)
        {
            Assert.IsGreaterThan(line.IndexOf(':', StringComparison.Ordinal) + 2, line.Length, "an empty answer");
            Assert.Contains("\n" + line[..(line.IndexOf(':', StringComparison.Ordinal) + 1)], readme);
        }
    }

    private static string ThisCode([CallerFilePath] string path = "")
    {
        string source = File.ReadAllText(path).ReplaceLineEndings("\n");
        int start = source.IndexOf("// <readme>\n", StringComparison.Ordinal) + "// <readme>\n".Length;
        return source[start..source.IndexOf("// </readme>", StringComparison.Ordinal)].Trim();
    }

    private static string Trimmed(string text) =>
        string.Join('\n', text.Split('\n').Select(l => l.Trim()));
}
