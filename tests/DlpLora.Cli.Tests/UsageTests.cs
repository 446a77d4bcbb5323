using DlpLora.Cli.Hosting;

namespace DlpLora.Cli.Tests;

[TestClass]
public sealed class UsageTests
{
    [TestMethod]
    [DataRow("frobnicate")]
    [DataRow("export", "--to", "x")]
    [DataRow("export", "--from", "x", "--to", "y", "--precision", "int2")]
    [DataRow("export", "--from", "x", "--to", "y", "--slots", "everything")]
    [DataRow("generate")]
    [DataRow("generate", "--model", "x", "--max-tokens", "many")]
    [DataRow("generate", "--model", "x", "--max-tokens", "-1")]
    [DataRow("generate", "--model", "x", "--min-tokens", "9", "--max-tokens", "4")]
    [DataRow("generate", "--model", "x", "--temperature", "NaN")]
    [DataRow("generate", "--model", "x", "--temperature", "-1")]
    [DataRow("generate", "--model", "x", "--threads", "0")]
    [DataRow("generate", "--model", "x", "--max-mixture-rank", "0")]
    [DataRow("generate", "--model", "x", "--scope", "7")]
    [DataRow("generate", "--model", "x", "--scope", "word")]
    [DataRow("generate", "--model", "x", "--adapter", "a=1", "--adapter", "a=2")]
    [DataRow("export", "--from", "x", "--to", "")]
    [DataRow("route")]
    [DataRow("router", "train", "--data", "x")]
    [DataRow("router", "eval", "--router", "x", "--data", "y", "--split", "../z", "--json")]
    [DataRow("inspect")]
    public async Task AWrongCommandLineExitsWithTwoAndOneMessage(params string[] args)
    {
        Cli cli = await Cli.RunAsync(args);
        Assert.AreEqual(ExitCode.Usage, cli.ExitCode, cli.Error);
        StringAssert.StartsWith(cli.Error, "dlplora: ");
        Assert.AreEqual(1, cli.Error.AsSpan().Count('\n'), cli.Error);
        Assert.DoesNotContain("(Parameter", cli.Error);
        Assert.AreEqual(string.Empty, cli.Out);
    }

    [TestMethod]
    public async Task ARouterWithoutAdaptersIsAUsageError()
    {
        Cli cli = await Cli.RunAsync("generate", "--model", "x", "--router", "y");
        Assert.AreEqual(ExitCode.Usage, cli.ExitCode, cli.Error);
        StringAssert.Contains(cli.Error, "--adapters");
    }

    [TestMethod]
    [DataRow("a=one")]
    [DataRow("a=NaN")]
    [DataRow("a=1e99")]
    public async Task AWeightThatIsNoNumberIsAUsageError(string adapter)
    {
        Cli cli = await Cli.RunAsync("generate", "--model", TestFolders.Tiny, "--adapter", adapter);
        Assert.AreEqual(ExitCode.Usage, cli.ExitCode, cli.Error);
        StringAssert.Contains(cli.Error, adapter);
    }

    [TestMethod]
    public async Task HelpNamesEveryCommand()
    {
        Cli cli = await Cli.RunAsync("--help");
        Assert.AreEqual(ExitCode.Ok, cli.ExitCode);
        foreach (string command in new[] { "export", "inspect", "doctor", "router", "route", "generate", "chat" })
        {
            StringAssert.Contains(cli.Out, command);
        }
    }

    [TestMethod]
    public async Task TheStackTraceIsShownOnlyWhenAskedFor()
    {
        Cli quiet = await Cli.RunAsync("inspect", "/no/such/file.gguf");
        Cli verbose = await Cli.RunAsync("inspect", "/no/such/file.gguf", "--verbose");
        Assert.AreEqual(ExitCode.BadInput, quiet.ExitCode);
        Assert.DoesNotContain("   at ", quiet.Error);
        StringAssert.Contains(verbose.Error, "   at ");
    }
}
