using DlpLora.Runtime.Evaluation.Tasks;

namespace DlpLora.Runtime.Evaluation.Tests.Tasks;

[TestClass]
public sealed class TaskDataTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-tasks").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ReadsTasksInOrderWithoutTheirNumbers()
    {
        Write("10-second", "test.jsonl", """{"input":"b","output":"x","refs":["y"]}""");
        Write("02-first", "test.jsonl", """{"id":"r","input":"a","choices":["p","q"],"answer":1,"output":"q"}""", "", """{"input":"a2","choices":["p","q"],"answer":0}""");
        Write("03-other-split", "train.jsonl", """{"input":"c"}""");
        IReadOnlyList<TaskSplit> tasks = TaskData.Read(_folder, "test");
        CollectionAssert.AreEqual(new[] { "first", "second" }, tasks.Select(t => t.Name).ToArray());
        Assert.AreEqual("r", tasks[0].Rows[0].Id);
        Assert.AreEqual("test.jsonl:3", tasks[0].Rows[1].Id);
        CollectionAssert.AreEqual(new[] { "x", "y" }, tasks[1].Rows[0].Accepted.ToArray());
        Assert.HasCount(1, TaskData.Read(_folder, "test", rowsPerTask: 1)[0].Rows);
    }

    [TestMethod]
    [DataRow("""{"output":"x"}""", "has no 'input'")]
    [DataRow("""{"input":3}""", "'input'")]
    [DataRow("""{"input":"a","choices":["p"],"answer":0}""", "1 choices")]
    [DataRow("""{"input":"a","choices":["p","q"],"answer":2}""", "answer 2")]
    [DataRow("""{"input":"a","answer":0}""", "answer 0")]
    [DataRow("""{"input":"a","choices":["p",1]}""", "'choices'")]
    [DataRow("""{"input":"a" """, "is not JSON")]
    [DataRow("""[1]""", "expected an object")]
    public void ADamagedRowNamesItsLine(string row, string problem)
    {
        Write("task", "test.jsonl", """{"input":"fine"}""", row);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => TaskData.Read(_folder, "test"));
        Assert.AreEqual("line 2", error.Place);
        StringAssert.Contains(error.Problem, problem);
    }

    [TestMethod]
    public void RefusesFoldersThatAreNoTasks()
    {
        Assert.ThrowsExactly<InvalidFileException>(() => TaskData.Read(Path.Combine(_folder, "missing"), "test"));
        Assert.ThrowsExactly<InvalidFileException>(() => TaskData.Read(_folder, "test"));
        Assert.ThrowsExactly<ArgumentException>(() => TaskData.Read(_folder, "../test"));
        Write("1-a", "test.jsonl", """{"input":"x"}""");
        Write("2-a", "test.jsonl", """{"input":"x"}""");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => TaskData.Read(_folder, "test")).Problem, "already");
    }

    private void Write(string task, string file, params string[] lines)
    {
        Directory.CreateDirectory(Path.Combine(_folder, task));
        File.WriteAllLines(Path.Combine(_folder, task, file), lines);
    }
}
