using System.Text;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

[TestClass]
public sealed class RouterFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-router").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ReadsBackWhatWasWritten()
    {
        RouterModel model = TestRouters.Model(new RouterCalibration(0.7f, 0.4f, 2.5f));
        string path = Path.Combine(_folder, "r.safetensors");
        RouterFile.Write(path, model);
        Router router = Router.Load(path);
        Assert.AreEqual(model.ComputeVersion(), router.Version);
        Assert.AreEqual(model.Calibration, router.Model.Calibration);
        Assert.AreEqual(model.ParameterCount, router.ParameterCount);
        CollectionAssert.AreEqual(model.Labels, router.Labels.ToArray());
        float[] expected = new float[5];
        float[] found = new float[5];
        model.Score("one text", expected);
        router.Model.Score("one text", found);
        CollectionAssert.AreEqual(expected, found);
    }

    [TestMethod]
    [DataRow("dlplora.router", "something.else", "format", DisplayName = "another format")]
    [DataRow("alpha", "../ha", "labels", DisplayName = "a label that is a path")]
    [DataRow("alpha", "gamma", "labels", DisplayName = "a label twice")]
    [DataRow("\\\"version\\\":1", "\\\"version\\\":9", "recipe", DisplayName = "another recipe")]
    [DataRow("4096,", "4095,", "embedding", DisplayName = "a shape beside the recipe")]
    public void RefusesWhatDoesNotFit(string old, string changed, string place)
    {
        string path = Path.Combine(_folder, "r.safetensors");
        RouterFile.Write(path, TestRouters.Model());
        byte[] bytes = File.ReadAllBytes(path);
        byte[] from = Encoding.UTF8.GetBytes(old.Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        byte[] to = Encoding.UTF8.GetBytes(changed.Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        int at = bytes.AsSpan().IndexOf(from);
        Assert.IsGreaterThan(0, at, $"'{old}' is not in the file");
        to.CopyTo(bytes, at);
        File.WriteAllBytes(path, bytes);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path));
        Assert.AreEqual(Path.GetFullPath(path), error.Path);
        StringAssert.Contains(error.Place, place);
    }

    [TestMethod]
    public void RefusesNumbersThatAreNotFinite()
    {
        RouterModel model = TestRouters.Model();
        model.Output.Weights[3] = float.NaN;
        string path = Path.Combine(_folder, "r.safetensors");
        RouterFile.Write(path, model);
        Assert.AreEqual("output.weight", Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Place);
    }

    [TestMethod]
    public void RefusesMoreThanFiveMillionNumbers()
    {
        RouterModel model = TestRouters.Model();
        RouterModel large = new()
        {
            Recipe = model.Recipe with { Rows = 160_000 },
            Labels = model.Labels,
            Embedding = new sbyte[160_000 * 32],
            EmbeddingScale = 1,
            Hidden = model.Hidden,
            Output = model.Output,
            Straight = model.Straight,
            Calibration = model.Calibration,
        };
        string path = Path.Combine(_folder, "r.safetensors");
        RouterFile.Write(path, large);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Problem, "5000000");
    }

    [TestMethod]
    public void SaysWhichFileIsMissing()
    {
        string path = Path.Combine(_folder, "missing.safetensors");
        Assert.AreEqual(path, Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Path);
    }

    [TestMethod]
    public void TheVersionFollowsTheContent()
    {
        RouterModel model = TestRouters.Model();
        string first = model.ComputeVersion();
        Assert.AreEqual(first, TestRouters.Model().ComputeVersion());
        Assert.AreNotEqual(first, model.With(model.Calibration with { Temperature = 2 }).ComputeVersion());
        model.Embedding[77] ^= 1;
        Assert.AreNotEqual(first, model.ComputeVersion());
    }
}
