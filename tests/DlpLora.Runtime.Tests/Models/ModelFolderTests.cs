using System.Text;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Models;

/// <summary>Model folders that are damaged, hostile, or not what their manifest says.</summary>
[TestClass]
public sealed class ModelFolderTests
{
    private const string Graph = "model.operator.onnx";

    private readonly string _root = Directory.CreateTempSubdirectory("dlplora-model-folder").FullName;
    private string _folder = string.Empty;

    [TestInitialize]
    public void CopyModel() => _folder = TinyModel.Copy(TinyModel.Shared.Folder, Path.Combine(_root, "model"));

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_root, recursive: true);

    [TestMethod]
    public async Task MissingPartsAreNamed()
    {
        Assert.EndsWith("nowhere", (await Fails(Path.Combine(_root, "nowhere"))).Path);
        foreach (string file in new[] { ModelManifest.FileName, Graph, WeightsFile() })
        {
            string moved = Path.Combine(_root, "moved");
            File.Move(Path.Combine(_folder, file), moved);
            Assert.EndsWith(file, (await Fails(_folder)).Path);
            File.Move(moved, Path.Combine(_folder, file));
        }

        await using DlpLoraEngine whole = await DlpLoraEngine.LoadAsync(_folder);
        Assert.AreEqual(TinyModel.Layers, whole.Model.Layers);
    }

    [TestMethod]
    public void ItsWeightsAreTheFilesThatTheGraphNames() =>
        Assert.AreEqual(new FileInfo(Path.Combine(_folder, WeightsFile())).Length, ModelFolder.Open(_folder).WeightBytes);

    [TestMethod]
    [DataRow("graph", "other", "graph")]
    [DataRow("eosTokenIds", "other", "eosTokenIds")]
    [DataRow("slots", "other", "slots")]
    [DataRow("modules", "other", "$.slots[0]")]
    [DataRow("slots", "slots\": [null], \"other", "slots[0]")]
    [DataRow("modules", "modules\": [null, null, null, null], \"other", "slots[0].modules")]
    public async Task AManifestThatLeavesSomethingOutIsToldWhat(string key, string instead, string place)
    {
        string manifest = Path.Combine(_folder, ModelManifest.FileName);
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace($"\"{key}\"", $"\"{instead}\"", StringComparison.Ordinal));
        InvalidFileException error = await Fails(_folder);
        Assert.AreEqual(manifest, error.Path);
        StringAssert.StartsWith(error.Place, place);
    }

    [TestMethod]
    public async Task AGraphCutShortAnywhereIsOneTypedError()
    {
        byte[] graph = File.ReadAllBytes(Path.Combine(_folder, Graph));
        for (int i = 0; i < 12; i++)
        {
            File.WriteAllBytes(Path.Combine(_folder, Graph), graph[..(graph.Length * i / 12)]);
            InvalidFileException error = await Fails(_folder);
            Assert.EndsWith(Graph, error.Path, $"{i} twelfths");
        }
    }

    [TestMethod]
    public void NoDamageToTheGraphEscapesTheCheckAsAnotherError()
    {
        byte[] graph = File.ReadAllBytes(Path.Combine(_folder, Graph));
        Random random = new(5);
        string path = Path.Combine(_folder, Graph);
        for (int run = 0; run < 300; run++)
        {
            byte[] damaged = (byte[])graph.Clone();
            for (int i = 0; i < 4; i++)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            File.WriteAllBytes(path, damaged);
            try
            {
                OnnxExternalData.Check(path);
            }
            catch (InvalidFileException)
            {
                // What it says depends on the damage; that it is this error is the point.
            }
        }
    }

    [TestMethod]
    [DataRow("garbage")]
    [DataRow("\u0008\u0008")]
    public async Task ANonsenseGraphIsRefused(string content)
    {
        File.WriteAllText(Path.Combine(_folder, Graph), content);
        Assert.EndsWith(Graph, (await Fails(_folder)).Path);
    }

    [TestMethod]
    [DataRow("../outside.data")]
    [DataRow("/etc/passwd")]
    [DataRow("sub/../../outside.data")]
    [DataRow("")]
    public void WeightsOutsideTheFolderAreRefused(string location)
    {
        File.WriteAllText(Path.Combine(_root, "outside.data"), new string('x', 100));
        File.WriteAllBytes(Path.Combine(_folder, Graph), GraphWithExternal(location, "0", "8"));
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => OnnxExternalData.Check(Path.Combine(_folder, Graph)));
        Assert.AreEqual("external data", error.Place);
    }

    [TestMethod]
    public void ALinkOutOfTheFolderIsRefusedAndOneWithinIsNot()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Inconclusive("skipped: links need rights on this system");
        }

        File.WriteAllText(Path.Combine(_root, "outside.data"), new string('x', 100));
        File.CreateSymbolicLink(Path.Combine(_folder, "link.data"), Path.Combine(_root, "outside.data"));
        Directory.CreateSymbolicLink(Path.Combine(_folder, "out"), _root);
        File.WriteAllText(Path.Combine(_folder, "inside.data"), new string('x', 100));
        File.CreateSymbolicLink(Path.Combine(_folder, "good.data"), Path.Combine(_folder, "inside.data"));
        Directory.CreateSymbolicLink(Path.Combine(_root, "to-model"), _folder);
        string path = Path.Combine(_folder, Graph);
        foreach (string location in new[] { "link.data", "out/outside.data" })
        {
            File.WriteAllBytes(path, GraphWithExternal(location, "0", "8"));
            Assert.AreEqual("external data", Assert.ThrowsExactly<InvalidFileException>(() => OnnxExternalData.Check(path)).Place, location);
        }

        File.WriteAllBytes(path, GraphWithExternal("good.data", "0", "8"));
        OnnxExternalData.Check(path);
        OnnxExternalData.Check(Path.Combine(_root, "to-model", Graph));
    }

    [TestMethod]
    [DataRow("0", "101")]
    [DataRow("96", "8")]
    [DataRow("18446744073709551615", "8")]
    [DataRow("200", "0")]
    [DataRow("-1", "8")]
    [DataRow("x", "8")]
    public void WeightsThatEndTooSoonAreRefused(string offset, string length)
    {
        File.WriteAllText(Path.Combine(_folder, "w.data"), new string('x', 100));
        File.WriteAllBytes(Path.Combine(_folder, Graph), GraphWithExternal("w.data", offset, length));
        Assert.ThrowsExactly<InvalidFileException>(() => OnnxExternalData.Check(Path.Combine(_folder, Graph)));
    }

    [TestMethod]
    public async Task WeightsCutShortAreRefused()
    {
        string path = Path.Combine(_folder, WeightsFile());
        using (FileStream file = new(path, FileMode.Open))
        {
            file.SetLength(file.Length / 2);
        }

        InvalidFileException error = await Fails(_folder);
        Assert.AreEqual(path, error.Path);
    }

    [TestMethod]
    public async Task AGraphThatIsNotTheManifestsIsRefusedByTheInputsName()
    {
        ModelManifest manifest = ModelManifest.Load(_folder);
        await Refused(manifest with { Layers = manifest.Layers + 1 }, $"past_key_values.{manifest.Layers}.key");
        await Refused(manifest with { HeadSize = 32 }, "past_key_values.0.key");
        await Refused(manifest with { VocabularySize = 100 }, "logits");
        await Refused(manifest with { Gate = "other.gate" }, "other.gate");
        await Refused(manifest with { Slots = [manifest.Slots[0] with { Inputs = 63 }] }, manifest.Slots[0].A);
        await Refused(manifest with { Slots = [manifest.Slots[0] with { B = "nothing" }] }, "nothing");

        async Task Refused(ModelManifest changed, string place)
        {
            changed.Save(_folder);
            InvalidFileException error = await Fails(_folder);
            Assert.AreEqual(place, error.Place);
            Assert.EndsWith(Graph, error.Path);
        }
    }

    private static async Task<InvalidFileException> Fails(string folder) =>
        await Assert.ThrowsExactlyAsync<InvalidFileException>(() => DlpLoraEngine.LoadAsync(folder, new DlpLoraOptions { Threads = 1 }));

    private string WeightsFile() => Path.GetFileName(Directory.GetFiles(_folder).Single(f => new FileInfo(f).Length > 50_000 && !f.EndsWith(".onnx", StringComparison.Ordinal)));

    /// <summary>A model with one initializer whose weights lie in another file.</summary>
    private static byte[] GraphWithExternal(string location, string offset, string length)
    {
        byte[] tensor = [.. Entry("location", location), .. Entry("offset", offset), .. Entry("length", length)];
        return Field(7, Field(5, tensor));

        static byte[] Entry(string key, string value) => Field(13, [.. Field(1, Encoding.UTF8.GetBytes(key)), .. Field(2, Encoding.UTF8.GetBytes(value))]);
    }

    private static byte[] Field(int number, byte[] content)
    {
        List<byte> bytes = [(byte)((number << 3) | 2)];
        int length = content.Length;
        while (length >= 0x80)
        {
            bytes.Add((byte)(length | 0x80));
            length >>= 7;
        }

        return [.. bytes, (byte)length, .. content];
    }
}
