using System.Text;

namespace DlpLora.Runtime.Training.Tests;

[TestClass]
public sealed class RouterTrainingDataTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-data").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ReadsTrainFilesOfTaskFoldersAndNothingElse()
    {
        Write("01-sums/train.jsonl", """{"input":"1 + 1","output":"2"}""" + "\n" + """{"input":"2 + 2"}""");
        Write("02-words/train.jsonl", """{"input":"sort b a"}""");
        Write("02-words/test.jsonl", "this is never read");
        Write("notes/readme.txt", "nor this");
        RouterTrainingData data = RouterTrainingData.FromFolders(_folder);
        CollectionAssert.AreEqual(new[] { "sums", "words" }, data.Labels.ToArray());
        Assert.HasCount(3, data.Examples);
        Assert.HasCount(2, RouterTrainingData.FromFolders(_folder, rowsPerTask: 1).Examples);
        CollectionAssert.AreEqual(new[] { "words" }, RouterTrainingData.FromFolders(_folder, ["words"]).Labels.ToArray());
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFolders(_folder, ["other"])).Place, "other");
    }

    [TestMethod]
    public void LeavesOutEmptyDoubleAndContradictingRowsAndSaysSo()
    {
        string path = Write(
            "rows.jsonl",
            string.Join('\n', """{"input":"a","task":"x"}""", """{"input":" a ","task":"x"}""", """{"input":" ","task":"x"}""", "", """{"input":"b","task":"x"}""", """{"input":"b","task":"y"}""", """{"input":"c","task":"y"}"""));
        RouterTrainingReport report = RouterTrainingData.FromFile(path).Report;
        Assert.AreEqual(6, report.Read);
        Assert.AreEqual(1, report.Empty);
        Assert.AreEqual(1, report.Duplicates);
        Assert.AreEqual(2, report.Contradictions);
        Assert.AreEqual(2, report.Used);
        Assert.IsGreaterThanOrEqualTo(4, report.Warnings.Count);
    }

    [TestMethod]
    public void ReadsBrokenUtf8WithAReport()
    {
        string path = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("""{"input":"caf"""), 0xE9, .. Encoding.UTF8.GetBytes(""" noir","task":"x"}""")]);
        RouterTrainingData data = RouterTrainingData.FromFile(path);
        Assert.AreEqual("caf\uFFFD noir", data.Examples[0].Text);
        Assert.AreEqual(1, data.Report.InvalidUtf8);
    }

    [TestMethod]
    [DataRow("""{"input":"a"}""", DisplayName = "no task")]
    [DataRow("""{"task":"x"}""", DisplayName = "no input")]
    [DataRow("""{"input":3,"task":"x"}""", DisplayName = "a number as input")]
    [DataRow("""["a"]""", DisplayName = "an array")]
    [DataRow("""{"input":"a",""", DisplayName = "cut off")]
    [DataRow("""{"input":"\ud800","task":"x"}""", DisplayName = "a lone surrogate escaped")]
    public void NamesTheLineThatItCannotRead(string row)
    {
        string path = Write("rows.jsonl", """{"input":"fine","task":"x"}""" + "\n" + row);
        Assert.AreEqual("line 2", Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(path)).Place);
    }

    [TestMethod]
    public void RefusesALabelThatIsNoAdapterName()
    {
        string path = Write("rows.jsonl", """{"input":"fine","task":"../x"}""");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(path)).Problem, "../x");
        Assert.ThrowsExactly<ArgumentException>(() => RouterTrainingData.FromExamples([]));
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
