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
    public void ALongRowIsNotTrainedOnButMeasured()
    {
        string row = $$"""{"input":"{{new string('x', 1 << 20)}}"}""" + "\n" + """{"input":"y"}""";
        Write("01-sums/train.jsonl", row);
        Write("01-sums/test.jsonl", row);
        RouterTrainingData data = RouterTrainingData.FromFolders(_folder);
        Assert.HasCount(1, data.Examples);
        Assert.AreEqual(1, data.Report.TooLong);
        Assert.HasCount(2, ExampleFile.ReadForMeasuring(Path.Combine(_folder, "01-sums", "test.jsonl"), "sums").ToArray());
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
        Assert.ThrowsExactly<ArgumentException>(() => RouterTrainingData.FromExamples([new RouterExample("fine", "../x")]));
    }

    [TestMethod]
    public void ASingleBrokenRowIsLeftOutAndNamed()
    {
        string path = Write(
            "rows.jsonl",
            string.Join('\n', [.. Enumerable.Range(0, 20).Select(i => $$"""{"input":"row {{i}}","task":"{{(i % 2 == 0 ? "x" : "y")}}"}"""), """{"input":"cut off"""]));
        RouterTrainingReport report = RouterTrainingData.FromFile(path).Report;
        Assert.AreEqual((21, 20, 1), (report.Read, report.Used, report.Unreadable));
        RouterTrainingFinding finding = report.Findings.Single();
        Assert.AreEqual((RouterTrainingProblem.Unreadable, path, 21), (finding.Problem, finding.Path, finding.Line));
        StringAssert.Contains(report.Warnings.Single(), "line 21");
    }

    [TestMethod]
    public void EveryFindingSaysWhere()
    {
        Write("x/train.jsonl", """{"input":"a"}""" + "\n" + """{"input":"a"}""" + "\n\n" + """{"input":"shared"}""" + "\n" + """{"input":" "}""");
        Write("y/train.jsonl", """{"input":"shared"}""" + "\n" + """{"input":"b"}""");
        Write("z/train.jsonl", "");
        RouterTrainingData data = RouterTrainingData.FromFolders(_folder);
        CollectionAssert.AreEqual(new[] { "x", "y" }, data.Labels.ToArray());
        CollectionAssert.AreEqual(
            new[] { "Duplicate x 2", "Contradiction x 4", "Empty x 5", "Contradiction y 1" },
            data.Report.Findings.Select(f => $"{f.Problem} {Path.GetFileName(Path.GetDirectoryName(f.Path))} {f.Line}").ToArray());
        Assert.AreEqual(0, data.Report.PerLabel["z"]);
        Assert.AreEqual(1, data.Report.Warnings.Count(w => w.StartsWith("'z' has no usable row", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Utf16WithAMarkIsConvertedAndUtf32Refused()
    {
        string path = Path.Combine(_folder, "rows.jsonl");
        const string Rows = "{\"input\":\"caf\u00E9 \uD83C\uDF5A\",\"task\":\"x\"}\r\n{\"input\":\"b\",\"task\":\"y\"}\r\n";
        foreach (Encoding encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            File.WriteAllText(path, Rows, encoding);
            RouterTrainingData data = RouterTrainingData.FromFile(path);
            Assert.AreEqual("caf\u00E9 \uD83C\uDF5A", data.Examples[0].Text);
            Assert.AreEqual(RouterTrainingProblem.Utf16, data.Report.Findings.Single().Problem);
        }

        File.WriteAllText(path, Rows, Encoding.UTF32);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(path)).Problem, "UTF-32");
        File.WriteAllBytes(path, Encoding.Unicode.GetBytes(Rows));
        Assert.AreEqual("line 1", Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(path)).Place);
    }

    [TestMethod]
    public void AHugeRowIsLeftOut()
    {
        string path = Write("rows.jsonl", $$"""{"input":"{{new string('a', 1 << 20)}}","task":"x"}""" + "\n" + """{"input":"b","task":"x"}""");
        RouterTrainingReport report = RouterTrainingData.FromFile(path).Report;
        Assert.AreEqual((1, 1), (report.TooLong, report.Used));
        Assert.AreEqual(1, report.Warnings.Count(w => w.Contains("one label alone", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void AFileGivesTheTasksAndRowsAskedFor()
    {
        string path = Write(
            "rows.jsonl",
            string.Join('\n', Enumerable.Range(0, 12).Select(i => $$"""{"input":"row {{i}}","task":"{{"xyz"[i % 3]}}"}""")));
        RouterTrainingData data = RouterTrainingData.FromFile(path, ["z", "x"], rowsPerTask: 2);
        CollectionAssert.AreEqual(new[] { "row 0", "row 2", "row 3", "row 5" }, data.Examples.Select(e => e.Text).ToArray());
        Assert.AreEqual("w", Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(path, ["w"])).Place);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => RouterTrainingData.FromFile(path, null, 0));
    }

    [TestMethod]
    public void NothingToLearnFromIsAnErrorWithTheFile()
    {
        Write("x/train.jsonl", "");
        Assert.AreEqual(_folder, Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFolders(_folder)).Path);
        Assert.AreEqual(0, Assert.ThrowsExactly<InvalidFileException>(() => RouterTrainingData.FromFile(Write("rows.jsonl", "\n\n"))).Place.Length);
    }

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }
}
