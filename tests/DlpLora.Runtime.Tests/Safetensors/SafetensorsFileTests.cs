using System.Buffers.Binary;
using System.Text;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Tests.Safetensors;

[TestClass]
public sealed class SafetensorsFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-safetensors").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ReadsBackWhatWasWritten()
    {
        SafetensorsWriter writer = new();
        writer.AddMetadata("kind", "test");
        writer.Add("a", [1f, 2f, 3f, 4f, 5f, 6f], 2, 3);
        byte[] halves = new byte[4];
        BinaryPrimitives.WriteHalfLittleEndian(halves, (Half)0.5f);
        BinaryPrimitives.WriteHalfLittleEndian(halves.AsSpan(2), (Half)(-2f));
        writer.Add("b", SafetensorsDataType.F16, halves, 2);
        writer.Add("c", SafetensorsDataType.BF16, new byte[] { 0x80, 0x3F }, 1);
        string path = Path.Combine(_folder, "x.safetensors");
        writer.Write(path);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.AreEqual("test", file.Metadata["kind"]);
        CollectionAssert.AreEqual(new[] { 1f, 2f, 3f, 4f, 5f, 6f }, file.ReadSingles("a"));
        CollectionAssert.AreEqual(new[] { 0.5f, -2f }, file.ReadSingles("b"));
        CollectionAssert.AreEqual(new[] { 1f }, file.ReadSingles("c"));
        CollectionAssert.AreEqual(new long[] { 2, 3 }, file.Tensors["a"].Shape.ToArray());
        Assert.IsEmpty(Directory.GetFiles(_folder, "*.part"));
    }

    [TestMethod]
    public void AnyTextNamesATensorButTheOneThatTheFormatKeeps()
    {
        SafetensorsWriter writer = new();
        string[] names = [string.Empty, "a/../b", "\0\n\"", "ü猫😀"];
        foreach (string name in names)
        {
            writer.Add(name, [1f], 1);
        }

        Assert.ThrowsExactly<ArgumentException>(() => writer.Add(SafetensorsWriter.MetadataKey, [1f], 1));
        string path = Path.Combine(_folder, "names.safetensors");
        writer.Write(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        CollectionAssert.AreEquivalent(names, file.Tensors.Keys.ToArray());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void SomethingWithoutALengthIsRefusedInsteadOfWaitedFor()
    {
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => SafetensorsFile.Open("/dev/zero"));
        Assert.AreEqual("byte 0", error.Place);
    }

    [TestMethod]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}""", 8, "header", DisplayName = "duplicate name")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "a", DisplayName = "bytes are not shape times type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", DisplayName = "gap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "b", DisplayName = "overlap")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 8, "byte", DisplayName = "bytes after the last tensor")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 0, "a", DisplayName = "offsets outside the file")]
    [DataRow("""{"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8, "a", DisplayName = "unknown type")]
    [DataRow("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "a", DisplayName = "negative dimension")]
    [DataRow("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}""", 4, "a", DisplayName = "size that overflows")]
    [DataRow("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "header", DisplayName = "fraction as dimension")]
    [DataRow("""{"a":[]}""", 0, "a", DisplayName = "not an object")]
    [DataRow("""[]""", 0, "header", DisplayName = "header is an array")]
    [DataRow("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}}}}}}}}}""", 0, "header", DisplayName = "too deep")]
    public void RefusesAHostileHeader(string header, int dataBytes, string place)
    {
        string path = Write((ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => SafetensorsFile.Open(path));
        Assert.AreEqual(path, error.Path);
        StringAssert.StartsWith(error.Place, place);
    }

    [TestMethod]
    [DataRow(ulong.MaxValue)]
    [DataRow(1UL << 40)]
    [DataRow(100UL)]
    [DataRow(0UL)]
    public void RefusesAHeaderLengthThatTheFileDoesNotHold(ulong declared)
    {
        string path = Write(declared, "{}", 0);
        Assert.AreEqual("byte 0", Assert.ThrowsExactly<InvalidFileException>(() => SafetensorsFile.Open(path)).Place);
    }

    [TestMethod]
    public void RefusesEveryTruncation()
    {
        string whole = Path.Combine(_folder, "whole.safetensors");
        SafetensorsWriter writer = new();
        writer.Add("a", [1f, 2f, 3f], 3);
        writer.Write(whole);
        byte[] bytes = File.ReadAllBytes(whole);
        string cut = Path.Combine(_folder, "cut.safetensors");
        for (int length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(cut, bytes[..length]);
            Assert.ThrowsExactly<InvalidFileException>(() => SafetensorsFile.Open(cut), $"{length} of {bytes.Length} bytes were accepted");
        }
    }

    [TestMethod]
    public void SaysWhichFileIsMissing()
    {
        string path = Path.Combine(_folder, "missing.safetensors");
        Assert.AreEqual(path, Assert.ThrowsExactly<InvalidFileException>(() => SafetensorsFile.Open(path)).Path);
    }

    private string Write(ulong declared, string header, int dataBytes)
    {
        string path = Path.Combine(_folder, "hostile.safetensors");
        using FileStream stream = File.Create(path);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, declared);
        stream.Write(prefix);
        stream.Write(Encoding.UTF8.GetBytes(header));
        stream.Write(new byte[dataBytes]);
        return path;
    }
}
