using DlpLora.Cli.Hosting;
using DlpLora.Testing;

namespace DlpLora.Cli.Tests;

[TestClass]
public sealed class ChatTests
{
    [TestMethod]
    public async Task TurnsAreAnsweredOnStandardOutputUntilExit()
    {
        Cli cli = await Cli.RunWithInputAsync(
            "Translate this Spanish sentence into English: Tengo dos perros.\n\n/new\nTranslate this Spanish sentence into English: Tengo dos perros.\n/exit\nnever read\n",
            "chat", "--model", TestFolders.Small, "--adapters", RepoFiles.Adapters, "--adapter", "translate_es_en=1", "--max-tokens", "12");

        Assert.AreEqual(ExitCode.Ok, cli.ExitCode, cli.Error);
        string[] answers = cli.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.HasCount(2, answers);
        Assert.AreEqual(answers[0], answers[1], "a forgotten conversation must not change the answer");
        StringAssert.Contains(cli.Error, "translate_es_en");
    }
}
