using System.Text.RegularExpressions;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

/// <summary>What the documents say of files and options is true.</summary>
[TestClass]
public sealed partial class DocumentationTests
{
    [TestMethod]
    public void RelativeLinksLeadToFiles()
    {
        List<string> broken = [];
        int links = 0;
        foreach (string document in Documents())
        {
            foreach (Match link in Link().Matches(File.ReadAllText(document)))
            {
                links++;
                string target = Path.Combine(Path.GetDirectoryName(document)!, Uri.UnescapeDataString(link.Groups["path"].Value));
                if (!Path.Exists(target))
                {
                    broken.Add($"{Path.GetRelativePath(RepoFiles.Root, document)}: {link.Groups["path"].Value}");
                }
            }
        }

        Assert.IsGreaterThan(3, links);
        Assert.IsEmpty(broken, string.Join(Environment.NewLine, broken));
    }

    [TestMethod]
    public void DocumentsNameOnlyFilesOfTheCheckout()
    {
        List<string> missing = [];
        foreach (string document in Documents())
        {
            foreach (Match name in CodePath().Matches(File.ReadAllText(document)))
            {
                if (!Path.Exists(Path.Combine(RepoFiles.Root, name.Groups["path"].Value)))
                {
                    missing.Add($"{Path.GetRelativePath(RepoFiles.Root, document)}: {name.Groups["path"].Value}");
                }
            }
        }

        Assert.IsEmpty(missing, string.Join(Environment.NewLine, missing));
    }

    [TestMethod]
    [DataRow("export")]
    [DataRow("inspect")]
    [DataRow("doctor")]
    [DataRow("router train")]
    [DataRow("router eval")]
    [DataRow("router add")]
    [DataRow("router remove")]
    [DataRow("router rename")]
    [DataRow("router explain")]
    [DataRow("route")]
    [DataRow("generate")]
    [DataRow("chat")]
    public async Task EveryOptionIsDocumentedAndEveryDocumentedOptionExists(string command)
    {
        Cli help = await Cli.RunAsync([.. command.Split(' '), "--help"]);
        SortedSet<string> offered = [.. OptionName().Matches(help.Out).Select(m => m.Value).Except(["--help", "--verbose", "--version"])];
        string text = await File.ReadAllTextAsync(Path.Combine(RepoFiles.Root, "docs", "cli.md"));
        string usages = string.Concat(UsageBlock().Matches(text).Select(m => m.Value).Where(b => b.TrimStart().StartsWith($"dlplora {command} ", StringComparison.Ordinal)));
        SortedSet<string> documented = [.. OptionName().Matches(usages).Select(m => m.Value)];
        Assert.AreEqual(string.Join(' ', offered), string.Join(' ', documented));
    }

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(RepoFiles.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(RepoFiles.Root, "docs"), "*.md", SearchOption.AllDirectories));

    /// <summary>A Markdown link to a file: no scheme, an anchor cut off.</summary>
    [GeneratedRegex(@"\]\((?![a-z]+:|#)(?<path>[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();

    /// <summary>A path of the checkout as code, <c>src/...</c> and the like, without a placeholder.</summary>
    [GeneratedRegex(@"`(?<path>(src|onnx-export|tests|docs|eng|samples|benchmarks)/[A-Za-z0-9_./-]+)`")]
    private static partial Regex CodePath();

    /// <summary>One usage: an indented line that begins with the command, and the lines indented further below it.</summary>
    [GeneratedRegex(@"^    dlplora .*(\n {8,}.*)*", RegexOptions.Multiline)]
    private static partial Regex UsageBlock();

    [GeneratedRegex("--[a-z][a-z-]+")]
    private static partial Regex OptionName();
}
