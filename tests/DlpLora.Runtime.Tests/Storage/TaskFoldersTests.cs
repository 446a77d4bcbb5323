using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Tests.Storage;

[TestClass]
public sealed class TaskFoldersTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-tasks").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("01-sums", "sums")]
    [DataRow("sums", "sums")]
    [DataRow("7-", "7-")]
    [DataRow("-sums", "-sums")]
    [DataRow("2048", "2048")]
    [DataRow("2048-game", "game")]
    public void ATaskIsItsFolderWithoutTheNumber(string folder, string task) => Assert.AreEqual(task, TaskFolders.TaskName(folder));

    [TestMethod]
    public void TasksComeInTheOrderOfTheFoldersOrAsTheyAreAskedFor()
    {
        Write("02-a", "test");
        Write("01-b", "test");
        Write("c", "train");
        CollectionAssert.AreEqual(new[] { "b", "a" }, TaskFolders.Find(_folder, "test").Select(t => t.Task).ToArray());
        CollectionAssert.AreEqual(new[] { "a", "b" }, TaskFolders.Find(_folder, "test", ["a", "b"]).Select(t => t.Task).ToArray());
        Assert.AreEqual("c", Assert.ThrowsExactly<InvalidFileException>(() => TaskFolders.Find(_folder, "test", ["c"])).Place);
    }

    [TestMethod]
    public void TwoFoldersOfOneTaskAndNamesThatAreNotAllowedAreRefused()
    {
        Write("01-a", "test");
        Write("two words", "train");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => TaskFolders.Find(_folder, "train")).Problem, "'two words'");
        Write("a", "test");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => TaskFolders.Find(_folder, "test")).Problem, "already");
        Assert.ThrowsExactly<ArgumentException>(() => TaskFolders.Find(_folder, "../test"));
    }

    private void Write(string task, string split)
    {
        Directory.CreateDirectory(Path.Combine(_folder, task));
        File.WriteAllText(Path.Combine(_folder, task, $"{split}.jsonl"), "{}");
    }
}
