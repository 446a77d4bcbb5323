using DlpLora.OnnxExport.Tests.Gguf;
using DlpLora.OnnxExport.Tests.Graphs;
using DlpLora.Runtime;
using DlpLora.Runtime.Models;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Sources;

[TestClass]
public sealed class SourceTests
{
    private static readonly int[] Ids = [1, 17, 200, 3, 99, 42, 7, 150];
    private static readonly ExportOptions Fp32 = new() { Precision = Precision.Fp32 };

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-sources").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(false, true)]
    [DataRow(true, false)]
    public void AGgufAndAHuggingFaceFolderOfOneModelGiveTheSameLogits(bool bias, bool tied)
    {
        string source = In("hf");
        TinyLlama.Write(source, 3, new TinyLlamaOptions { AttentionBias = bias, MlpBias = bias, TiedEmbedding = tied });
        File.WriteAllBytes(In("tiny.gguf"), TinyGguf.Of(source).Bytes());
        ModelExporter.Export(source, In("from-hf"), Fp32);
        ModelManifest manifest = ModelExporter.Export(In("tiny.gguf"), In("from-gguf"), Fp32);
        using PlainGraph expected = new(In("from-hf"));
        using PlainGraph actual = new(In("from-gguf"));
        CollectionAssert.AreEqual(expected.Logits(Ids), actual.Logits(Ids));
        Assert.AreEqual(1, manifest.BosTokenId);
        CollectionAssert.AreEqual(new[] { 2 }, manifest.EosTokenIds.ToArray());
        Assert.AreEqual("{{ messages }}", File.ReadAllText(Path.Combine(In("from-gguf"), "chat_template.jinja")));
    }

    [TestMethod]
    public void TheFingerprintIsOfTheWeightsAndNotOfThePrecision()
    {
        TinyLlama.Write(In("a"), 3);
        TinyLlama.Write(In("b"), 3, new TinyLlamaOptions { Edit = (name, values) => (name, name.EndsWith("1.self_attn.k_proj.weight", StringComparison.Ordinal) ? [.. values.Select(v => -v)] : values) });
        string[] prints = [.. Enum.GetValues<Precision>().Select(p => ModelExporter.Export(In("a"), In($"a-{p}"), new ExportOptions { Precision = p }).BaseFingerprint)];
        Assert.HasCount(1, prints.Distinct());
        Assert.AreNotEqual(prints[0], ModelExporter.Export(In("b"), In("b-out"), Fp32).BaseFingerprint);
    }

    [TestMethod]
    [DataRow("\"hidden_size\": 64", "\"hidden_size\": 0", "hidden_size")]
    [DataRow("\"hidden_size\": 64", "\"hidden_size\": 1e9", "hidden_size")]
    [DataRow("\"hidden_size\": 64", "\"hidden_size\": \"64\"", "hidden_size")]
    [DataRow("\"num_hidden_layers\": 2", "\"num_hidden_layers\": -2", "num_hidden_layers")]
    [DataRow("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000000", "num_hidden_layers")]
    [DataRow("\"num_hidden_layers\": 2", "\"num_hidden_layers\": null", "num_hidden_layers")]
    [DataRow("\"num_attention_heads\": 4", "\"num_attention_heads\": 0", "num_attention_heads")]
    [DataRow("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "key/value heads")]
    [DataRow("\"num_key_value_heads\": 2", "\"num_key_value_heads\": 8", "num_key_value_heads")]
    [DataRow("\"head_dim\": 16", "\"head_dim\": 8", "head size")]
    [DataRow("\"max_position_embeddings\": 256", "\"max_position_embeddings\": 2000000000", "max_position_embeddings")]
    [DataRow("\"rms_norm_eps\": 1e-6", "\"rms_norm_eps\": -1", "rms_norm_eps")]
    [DataRow("\"rope_theta\": 10000.0", "\"rope_theta\": 0", "rope_theta")]
    [DataRow("\"rope_theta\": 10000.0", "\"rope_scaling\": {\"rope_type\": \"yarn\"}", "rope_type")]
    [DataRow("\"rope_theta\": 10000.0", "\"rope_scaling\": {\"rope_type\": \"llama3\", \"factor\": 8}", "low_freq_factor")]
    [DataRow("\"rope_theta\": 10000.0", "\"partial_rotary_factor\": 0.5", "partial_rotary_factor")]
    [DataRow("\"model_type\": \"llama\"", "\"model_type\": \"mamba\"", "model_type")]
    [DataRow("\"hidden_act\": \"silu\"", "\"hidden_act\": \"gelu\"", "hidden_act")]
    [DataRow("\"bos_token_id\": 1", "\"bos_token_id\": 256", "bos or eos token")]
    [DataRow("\"attention_bias\": false", "\"attention_bias\": 1", "attention_bias")]
    [DataRow("\"vocab_size\": 256", "\"vocab_size\": 256, \"vocab_size\": 256", "line")]
    public void RefusesAHostileConfiguration(string from, string to, string place)
    {
        TinyLlama.Write(In("hf"));
        string config = Path.Combine(In("hf"), "config.json");
        string text = File.ReadAllText(config);
        Assert.Contains(from, text);
        File.WriteAllText(config, text.Replace(from, to, StringComparison.Ordinal));
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("hf"), In("out"), Fp32));
        Assert.AreEqual(config, error.Path);
        StringAssert.StartsWith(error.Place, place);
        Assert.IsFalse(Directory.Exists(In("out")));
        Assert.HasCount(1, ModelExporter.Check(In("hf")));
    }

    [TestMethod]
    [DataRow("nan")]
    [DataRow("infinity")]
    [DataRow("missing")]
    [DataRow("unknown")]
    [DataRow("shape")]
    public void RefusesATensorAndNamesIt(string fault)
    {
        const string Name = "model.layers.1.mlp.up_proj.weight";
        TinyLlama.Write(In("hf"), 1, new TinyLlamaOptions
        {
            Edit = (name, values) =>
            {
                if (name != Name)
                {
                    return (name, values);
                }

                values[700] = fault switch { "nan" => float.NaN, "infinity" => float.NegativeInfinity, _ => values[700] };
                return fault switch { "missing" => null, "unknown" => ("model.layers.7.mlp.up_proj.weight", values), _ => (name, values) };
            },
        });
        if (fault == "shape")
        {
            string config = Path.Combine(In("hf"), "config.json");
            File.WriteAllText(config, File.ReadAllText(config).Replace("\"intermediate_size\": 128", "\"intermediate_size\": 96", StringComparison.Ordinal));
        }

        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("hf"), In("out"), Fp32));
        IReadOnlyList<ExportFinding> findings = ModelExporter.Check(In("hf"));
        Assert.AreEqual(findings[0].Place, error.Place);
        Assert.Contains(Name, findings.Select(f => f.Place).ToList());
        Assert.HasCount(fault switch { "shape" => 6, "unknown" => 2, _ => 1 }, findings);
        Assert.IsFalse(Directory.Exists(In("out")));
    }

    [TestMethod]
    public void FindsNothingInAGoodSource()
    {
        TinyLlama.Write(In("hf"));
        Assert.IsEmpty(ModelExporter.Check(In("hf")));
        Assert.IsEmpty(ModelExporter.Check(RepoFiles.Gguf));
    }

    [TestMethod]
    public void NamesAQuantizationThatItDoesNotRead()
    {
        TinyLlama.Write(In("hf"), 1, new TinyLlamaOptions { Edit = (name, values) => name.EndsWith("0.self_attn.v_proj.weight", StringComparison.Ordinal) ? null : (name, values) });
        byte[] bytes = TinyGguf.Of(In("hf")).Tensor("blk.0.attn_v.weight", [256, 8], 12, new byte[1152]).Bytes();
        File.WriteAllBytes(In("k.gguf"), bytes);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("k.gguf"), In("out")));
        StringAssert.Contains(error.Message, "Q4_K");
        Assert.AreEqual("blk.0.attn_v.weight", error.Place);
    }

    [TestMethod]
    [DataRow("../../etc/model.safetensors")]
    [DataRow("/model.safetensors")]
    [DataRow("model.bin")]
    public void RefusesAShardOutsideTheFolder(string shard)
    {
        TinyLlama.Write(In("hf"));
        File.WriteAllText(Path.Combine(In("hf"), "model.safetensors.index.json"), $$"""{ "weight_map": { "model.norm.weight": "{{shard}}" } }""");
        Assert.AreEqual("weight_map", Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("hf"), In("out"))).Place);
    }

    [TestMethod]
    public void RefusesQuantizedWidthsThatBlocksDoNotFill()
    {
        TinyLlama.Write(In("hf"), 1, new TinyLlamaOptions { Intermediate = 80 });
        ModelExporter.Export(In("hf"), In("fp32"), Fp32);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("hf"), In("int4"))).Message, "multiple of 32");
    }

    [TestMethod]
    public void SaysWhatIsMissing() =>
        StringAssert.Contains(Assert.ThrowsExactly<InvalidFileException>(() => ModelExporter.Export(In("nothing"), In("out"))).Message, "GGUF");

    private string In(string name) => Path.Combine(_folder, name);
}
