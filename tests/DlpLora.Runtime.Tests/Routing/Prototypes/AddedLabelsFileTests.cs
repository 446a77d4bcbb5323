using System.Text.Json.Nodes;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Prototypes;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Tests.Routing.Prototypes;

/// <summary>Router files whose part about added labels is damaged.</summary>
[TestClass]
public sealed class AddedLabelsFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-added-file").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ReadsBackWhatWasWritten()
    {
        Router router = Router.Load(Write());
        Assert.AreEqual(Model().ComputeVersion(), router.Version);
        Assert.AreEqual(Model().ParameterCount, router.ParameterCount);
    }

    [TestMethod]
    [DataRow("added.vectors")]
    [DataRow("added.factors")]
    [DataRow("added.words")]
    [DataRow("added.weights")]
    [DataRow("added.word_counts")]
    [DataRow("replay.features")]
    [DataRow("replay.texts")]
    public void NamesTheTensorThatIsMissing(string name)
    {
        string path = Path.Combine(_folder, "without.safetensors");
        SafetensorsWriter writer = new();
        using (SafetensorsFile file = SafetensorsFile.Open(Write()))
        {
            foreach ((string key, string value) in file.Metadata)
            {
                writer.AddMetadata(key, value);
            }

            foreach (SafetensorsTensor tensor in file.Tensors.Values.Where(t => t.Name != name))
            {
                writer.Add(tensor.Name, tensor.DataType, file.GetBytes(tensor.Name).ToArray(), [.. tensor.Shape]);
            }
        }

        writer.Write(path);
        Assert.AreEqual(name, Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Place);
    }

    [TestMethod]
    [DataRow("added.word_counts", -1)]
    [DataRow("added.word_counts", int.MaxValue)]
    [DataRow("replay.texts", -2)]
    [DataRow("replay.texts", 6)]
    public void NamesTheTensorWithANumberOutOfRange(string name, int number)
    {
        string path = Write();
        byte[] bytes = File.ReadAllBytes(path);
        int header = (int)BitConverter.ToInt64(bytes);
        int offset = (int)JsonNode.Parse(bytes.AsSpan(8, header))![name]!["data_offsets"]![0]!;
        BitConverter.GetBytes(number).CopyTo(bytes, 8 + header + offset);
        File.WriteAllBytes(path, bytes);
        Assert.AreEqual(name, Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Place);
    }

    [TestMethod]
    [DataRow("[[\"new\"]]", DisplayName = "a group of one")]
    [DataRow("[[\"new\",\"nobody\"]]", DisplayName = "a name that is no label")]
    [DataRow("[[\"new\",\"new\"]]", DisplayName = "a label twice")]
    [DataRow("[[\"new\",\"alpha\"],[\"alpha\",\"beta\"]]", DisplayName = "a label in two groups")]
    [DataRow("[null]", DisplayName = "no group")]
    [DataRow("[[null,null]]", DisplayName = "no names")]
    [DataRow("{}", DisplayName = "no list")]
    public void NamesGroupsThatCannotBe(string twins)
    {
        string path = Write();
        ChangeHeader(path, header => header[SafetensorsWriter.MetadataKey]!["twins"] = twins);
        Assert.AreEqual("twins", Assert.ThrowsExactly<InvalidFileException>(() => Router.Load(path)).Place);
    }

    private static RouterModel Model() => AddedLabels.Add(
        AddedLabels.Add(
            TestRouters.Model(),
            "new",
            new AddedLabel([.. Enumerable.Range(0, 32).Select(i => (sbyte)i)], 0.1f, -1, [7, 8, 9], [1, -2, 3], 0.5f),
            [ReplayRow.Of(4, [1, 2, 3]), ReplayRow.Of(4, [4])],
            twin: 0),
        "other",
        new AddedLabel(new sbyte[32], 0.2f, -2, [], [], 1),
        [ReplayRow.Of(5, [5])],
        twin: -1);

    private string Write()
    {
        string path = Path.Combine(_folder, "r.safetensors");
        RouterFile.Write(path, Model());
        return path;
    }

    private static void ChangeHeader(string path, Action<JsonObject> change)
    {
        byte[] bytes = File.ReadAllBytes(path);
        int length = (int)BitConverter.ToInt64(bytes);
        JsonObject header = JsonNode.Parse(bytes.AsSpan(8, length))!.AsObject();
        change(header);
        byte[] changed = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString().PadRight((header.ToJsonString().Length + 7) / 8 * 8));
        File.WriteAllBytes(path, [.. BitConverter.GetBytes((long)changed.Length), .. changed, .. bytes.AsSpan(8 + length)]);
    }
}
