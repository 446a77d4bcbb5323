using DlpLora.OnnxExport.Gguf;
using DlpLora.OnnxExport.Sources;
using DlpLora.Runtime;
using DlpLora.Runtime.Safetensors;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Gguf;

[TestClass]
public sealed class GgufFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-gguf").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("F32")]
    [DataRow("F16")]
    [DataRow("BF16")]
    [DataRow("Q4_0")]
    [DataRow("Q4_1")]
    [DataRow("Q5_0")]
    [DataRow("Q5_1")]
    [DataRow("Q8_0")]
    public void DecodesATensorTypeAsTheReferenceDoes(string type)
    {
        if (SharedData.Find("golden", "gguf") is not { } folder)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        using SafetensorsFile expected = SafetensorsFile.Open(Path.Combine(folder, "expected.safetensors"));
        using GgufFile file = GgufFile.Open(Path.Combine(folder, type + ".gguf"));
        GgufTensor tensor = file.Tensors["blk.0.attn_q.weight"];
        Assert.AreEqual(type, tensor.Type);
        SourceTensor source = new("x", tensor.Shape, tensor.Format!, (offset, length) => file.Slice(tensor.Offset + offset, length));
        CollectionAssert.AreEqual(expected.ReadSingles(type), source.ReadAll());
        Assert.AreEqual("β", ((string[])file.Metadata["test.array"])[1]);
        Assert.AreEqual(true, file.Metadata["test.bool"]);
    }

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("Q4_K")]
    [DataRow("IQ4_NL")]
    [DataRow("MXFP4")]
    public void NamesATensorTypeThatItDoesNotRead(string type)
    {
        if (SharedData.Find("golden", "gguf", type + ".gguf") is not { } path)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        using GgufFile file = GgufFile.Open(path);
        GgufTensor tensor = file.Tensors["blk.0.attn_q.weight"];
        Assert.AreEqual(type, tensor.Type);
        Assert.AreEqual(-1, tensor.ByteLength);
        Assert.IsNull(tensor.Format);
    }

    [TestMethod]
    public void ReadsTheBaseModelOfThisRepository()
    {
        using GgufFile file = GgufFile.Open(RepoFiles.Gguf);
        Assert.AreEqual("llama", file.Metadata["general.architecture"]);
        Assert.HasCount(49152, (string[])file.Metadata["tokenizer.ggml.tokens"]);
        Assert.HasCount(272, file.Tensors);
        CollectionAssert.AreEqual(new long[] { 49152, 576 }, file.Tensors["token_embd.weight"].Shape.ToArray());
        Assert.AreEqual("Q8_0", file.Tensors["token_embd.weight"].Type);
    }

    [TestMethod]
    public void RefusesEveryTruncation()
    {
        byte[] whole = Good().Bytes();
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length], $"{length} of {whole.Length} bytes");
        }

        using GgufFile file = GgufFile.Open(Write(whole));
        Assert.HasCount(2, file.Tensors);
    }

    [TestMethod]
    public void SurvivesAnyOverwrittenByte()
    {
        byte[] whole = Good().Bytes();
        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] = 0xFF;
            try
            {
                GgufFile.Open(Write(changed)).Dispose();
            }
            catch (InvalidFileException)
            {
                // The one error that a caller has to expect.
            }
        }
    }

    [TestMethod]
    public void RefusesAHeaderThatIsNotGguf()
    {
        Refused(new GgufSample { Magic = "GGML"u8.ToArray() }.Bytes(), "magic");
        Refused(new GgufSample { Version = 1 }.Bytes(), "version");
        Refused(new GgufSample { Version = 0x03000000 }.Bytes(), "big-endian");
        Refused(new GgufSample { TensorCount = ulong.MaxValue }.Bytes(), "tensor count");
        Refused(new GgufSample { MetadataCount = 1UL << 40 }.Bytes(), "metadata count");
    }

    [TestMethod]
    public void RefusesHostileMetadata()
    {
        Refused(Good().Value("x", 8, w => w.Write(ulong.MaxValue)).Bytes(), "text length");
        Refused(Good().Value("x", 9, w => Array(w, 4, 1UL << 61)).Bytes(), "array whose size overflows");
        Refused(Good().Value("x", 9, w => Array(w, 8, 1UL << 20)).Bytes(), "more texts than the file can hold");
        Refused(Good().Value("x", 9, w => Array(w, 9, 1)).Bytes(), "array of arrays");
        Refused(Good().Value("x", 13, _ => { }).Bytes(), "unknown type");
        Refused(Good().Value("x", 7, w => w.Write((byte)2)).Bytes(), "bool");
        Refused(Good().UInt32("x", 1).UInt32("x", 2).Bytes(), "key twice");
        Refused(Good().UInt32("general.alignment", 24).Bytes(), "alignment");
        Refused(Good().UInt32("general.alignment", 0).Bytes(), "alignment 0");
        Refused(Good().Value("general.alignment", 10, w => w.Write(32UL)).Bytes(), "alignment of another type");

        static void Array(BinaryWriter writer, uint type, ulong count)
        {
            writer.Write(type);
            writer.Write(count);
        }
    }

    [TestMethod]
    public void RefusesHostileTensors()
    {
        byte[] data = new byte[64];
        Refused(Good().Tensor("x", [], 0, data).Bytes(), "no dimensions");
        Refused(Good().Tensor("x", [1, 1, 1, 1, 1], 0, data).Bytes(), "five dimensions");
        Refused(Good().Tensor("x", [0], 0, data).Bytes(), "dimension 0");
        Refused(Good().Tensor("x", [ulong.MaxValue], 0, data).Bytes(), "negative dimension");
        Refused(Good().Tensor("x", [1UL << 62, 1UL << 62, 1UL << 62, 1UL << 62], 0, data).Bytes(), "size that overflows");
        Refused(Good().Tensor("x", [17], 0, data).Bytes(), "ends outside");
        Refused(Good().Tensor("x", [48], 2, data).Bytes(), "row of a part of a block");
        Refused(Good().Tensor("x", [4], 0, data, offset: 4).Bytes(), "misaligned");
        Refused(Good().Tensor("x", [4], 0, data, offset: 1UL << 63).Bytes(), "starts outside");
        Refused(Good().Tensor("x", [4], 0, data, offset: 0).Bytes(), "overlap");
        Refused(Good().Tensor("a", [4], 0, data).Bytes(), "name twice");
    }

    private static GgufSample Good() => new GgufSample()
        .Text("general.architecture", "llama")
        .Value("numbers", 9, w =>
        {
            w.Write(5u);
            w.Write(2UL);
            w.Write(1);
            w.Write(2);
        })
        .Tensor("a", [1, 2, 3, 4, 5, 6, 7, 8], 2, 4)
        .Tensor("b", new float[8], 8);

    private void Refused(byte[] bytes, string what)
    {
        string path = Write(bytes);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => GgufFile.Open(path).Dispose(), what);
        Assert.AreEqual(path, error.Path);
    }

    private string Write(byte[] bytes)
    {
        string path = Path.Combine(_folder, "sample.gguf");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
