using System.Text.Json.Nodes;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Adapters;

/// <summary>What is read from a PEFT folder, and what is refused.</summary>
[TestClass]
public sealed class PeftAdapterTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-peft").FullName;
    private readonly ModelManifest _model = ModelManifest.Load(TinyModel.Shared.Folder);

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(SafetensorsDataType.F32, 0f)]
    [DataRow(SafetensorsDataType.F16, 1e-3f)]
    [DataRow(SafetensorsDataType.BF16, 1e-2f)]
    public void ReadsEveryFloatingPointType(SafetensorsDataType type, float tolerance)
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(_folder);
        adapter.WriteWeights(_folder, type);
        AdapterWeights weights = Load();
        foreach (AdapterWeights.ModuleWeights module in weights.Modules)
        {
            TinyAdapter.Module expected = adapter.Modules[_model.Slots[module.Slot].Modules[module.Module].Name];
            float[] a = weights.A(module).ToArray();
            Assert.IsLessThanOrEqualTo(tolerance, a.Zip(expected.A, (x, y) => Math.Abs(x - y)).Max());
        }

        Assert.AreEqual(4, weights.Rows);
        weights.Release();
    }

    [TestMethod]
    public void TheScaleIsInBAndBIsTransposed()
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(_folder);
        AdapterWeights weights = Load();
        AdapterWeights.ModuleWeights module = weights.Modules[0];
        TinyAdapter.Module expected = adapter.Modules[_model.Slots[module.Slot].Modules[module.Module].Name];
        ReadOnlySpan<float> b = weights.B(module);
        for (int k = 0; k < module.Rank; k++)
        {
            for (int output = 0; output < module.Outputs; output++)
            {
                Assert.AreEqual(expected.B[(output * module.Rank) + k] * 2, b[(k * module.Outputs) + output], "alpha 8 over rank 4");
            }
        }

        weights.Release();
    }

    [TestMethod]
    [DataRow("""{"use_dora": true}""", "use_dora")]
    [DataRow("""{"modules_to_save": ["lm_head"]}""", "modules_to_save")]
    [DataRow("""{"bias": "all"}""", "bias")]
    [DataRow("""{"bias": "lora_only"}""", "bias")]
    [DataRow("""{"bias": 1}""", "bias")]
    [DataRow("""{"lora_bias": true}""", "lora_bias")]
    [DataRow("""{"fan_in_fan_out": true}""", "fan_in_fan_out")]
    [DataRow("""{"peft_type": "LOHA"}""", "peft_type")]
    [DataRow("""{"peft_type": null}""", "peft_type")]
    [DataRow("""{"alora_invocation_tokens": [1, 2]}""", "alora_invocation_tokens")]
    [DataRow("""{"use_qalora": true}""", "use_qalora")]
    [DataRow("""{"megatron_config": {"a": 1}}""", "megatron_config")]
    [DataRow("""{"layer_replication": [[0, 2]]}""", "layer_replication")]
    [DataRow("""{"trainable_token_indices": [5]}""", "trainable_token_indices")]
    [DataRow("""{"target_parameters": ["experts"]}""", "target_parameters")]
    [DataRow("""{"use_future_thing": true}""", "use_future_thing")]
    [DataRow("""{"future_config": {"a": 1}}""", "future_config")]
    [DataRow("""{"init_lora_weights": "pissa"}""", "init_lora_weights")]
    [DataRow("""{"r": null}""", "r")]
    [DataRow("""{"r": 0}""", "r")]
    [DataRow("""{"r": -4}""", "r")]
    [DataRow("""{"r": "4"}""", "r")]
    [DataRow("""{"r": 4.5}""", "r")]
    [DataRow("""{"r": true}""", "r")]
    [DataRow("""{"r": 100000}""", "r")]
    [DataRow("""{"lora_alpha": null}""", "lora_alpha")]
    [DataRow("""{"lora_alpha": 0}""", "lora_alpha")]
    [DataRow("""{"lora_alpha": -1}""", "lora_alpha")]
    [DataRow("""{"lora_alpha": "16"}""", "lora_alpha")]
    [DataRow("""{"lora_alpha": 1e300}""", "lora_alpha")]
    [DataRow("""{"lora_alpha": 1e-300}""", "lora_alpha")]
    [DataRow("""{"bias": null}""", "bias")]
    [DataRow("""{"use_rslora": 1}""", "use_rslora")]
    [DataRow("""{"rank_pattern": {"q_proj": 0}}""", "rank_pattern.q_proj")]
    [DataRow("""{"rank_pattern": []}""", "rank_pattern")]
    [DataRow("""{"rank_pattern": {"(q_proj": 4}}""", "rank_pattern.(q_proj")]
    [DataRow("""{"alpha_pattern": {"q_proj": null}}""", "alpha_pattern.q_proj")]
    [DataRow("""{"target_modules": null}""", "target_modules")]
    [DataRow("""{"target_modules": []}""", "target_modules")]
    [DataRow("""{"target_modules": [1]}""", "target_modules")]
    [DataRow("""{"target_modules": ")("}""", "target_modules")]
    [DataRow("""{"layers_to_transform": [-1]}""", "layers_to_transform")]
    [DataRow("""{"layers_to_transform": "1"}""", "layers_to_transform")]
    public void RefusesWhatItDoesNotComputeByName(string change, string place)
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(_folder);
        Change(change);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => Load());
        Assert.AreEqual(place, error.Place);
        Assert.EndsWith("adapter_config.json", error.Path);
    }

    [TestMethod]
    [DataRow("r")]
    [DataRow("lora_alpha")]
    [DataRow("peft_type")]
    [DataRow("target_modules")]
    public void NeverAssumesWhatIsMissing(string name)
    {
        TinyAdapter.Plain(1).Write(_folder);
        JsonObject config = Config();
        config.Remove(name);
        Save(config.ToJsonString());
        Assert.AreEqual(name, Assert.ThrowsExactly<InvalidFileException>(() => Load()).Place);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("""{"r": 4, "r": 5}""")]
    [DataRow("""{"a": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}""")]
    [DataRow("""{"r": NaN}""")]
    public void RefusesDamagedConfigurations(string json)
    {
        TinyAdapter.Plain(1).Write(_folder);
        Save(json);
        Assert.AreEqual("$", Assert.ThrowsExactly<InvalidFileException>(() => Load()).Place);
    }

    [TestMethod]
    public void RefusesAConfigurationOfMoreThanAMegabyte()
    {
        TinyAdapter.Plain(1).Write(_folder);
        Save(new string(' ', 1 << 20) + TinyAdapter.Plain(1).Config());
        Assert.Contains("1048576", Assert.ThrowsExactly<InvalidFileException>(() => Load()).Problem);
    }

    [TestMethod]
    [DataRow("adapter_config.json")]
    [DataRow("adapter_model.safetensors")]
    public void AMissingFileIsNamed(string file)
    {
        TinyAdapter.Plain(1).Write(_folder);
        File.Delete(Path.Combine(_folder, file));
        Assert.EndsWith(file, Assert.ThrowsExactly<InvalidFileException>(() => Load()).Path);
    }

    [TestMethod]
    [DataRow(float.NaN)]
    [DataRow(float.PositiveInfinity)]
    public void RefusesWeightsThatAreNotFinite(float value)
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(_folder);
        adapter.Modules.Values.First().B[3] = value;
        adapter.WriteWeights(_folder, SafetensorsDataType.F32);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => Load());
        Assert.AreEqual("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", error.Place);
    }

    [TestMethod]
    public void RefusesWeightsThatTheScaleMakesInfinite()
    {
        TinyAdapter adapter = TinyAdapter.Plain(1);
        adapter.Write(_folder);
        adapter.Modules.Values.First().B[3] = 3e38f;
        adapter.WriteWeights(_folder, SafetensorsDataType.F32);
        Assert.ThrowsExactly<InvalidFileException>(() => Load());
    }

    [TestMethod]
    public void ListsEveryMismatchInOneError()
    {
        SafetensorsWriter writer = new();
        writer.Add("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight", new float[4 * 63], 4, 63);
        writer.Add("base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight", new float[64 * 3], 64, 3);
        writer.Add("base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight", new float[4 * 64], 4, 64);
        writer.Add("base_model.model.model.layers.9.self_attn.q_proj.lora_A.weight", new float[4 * 64], 4, 64);
        writer.Add("base_model.model.model.layers.9.self_attn.q_proj.lora_B.weight", new float[64 * 4], 64, 4);
        writer.Add("base_model.model.model.layers.1.mlp.up_proj.lora_A.weight", new float[4 * 64], 4, 64);
        writer.Add("base_model.model.model.layers.1.mlp.up_proj.lora_B.weight", new float[96 * 4], 96, 4);
        writer.Add("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", new float[64], 64);
        writer.Add("base_model.model.model.embed_tokens.lora_embedding_A", new float[4], 4);
        writer.Add("base_model.model.lm_head.weight", new float[4], 4);
        writer.Add("base_model.model.model.layers.0.self_attn.k_proj.bias", new float[4], 4);
        writer.Add("base_model.model.model.layers.0.self_attn.k_proj.lora_B.bias", new float[4], 4);
        writer.Write(Path.Combine(_folder, "adapter_model.safetensors"));
        Save("""{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], "layers_to_transform": [0, 1]}""");
        AdapterMismatchException error = Assert.ThrowsExactly<AdapterMismatchException>(() => Load());
        Has("layers.0.self_attn.q_proj.lora_A", "[4, 63]; expected [4, 64]");
        Has("layers.0.self_attn.q_proj.lora_B", "[64, 3]; expected [64, 4]");
        Has("layers.0.self_attn.v_proj", "no B");
        Has("layers.9.self_attn.q_proj", "no slot");
        Has("layers.1.mlp.up_proj", "no target");
        Has("layers.1.self_attn.q_proj", "has no A and B");
        Has("layers.1.self_attn.v_proj", "has no A and B");
        Has("lora_magnitude_vector", "DoRA");
        Has("lora_embedding_A", "embedding");
        Has("lm_head.weight", "modules_to_save");
        Has("k_proj.bias", "trained bias");
        Has("k_proj.lora_B.bias", "trained bias");
        Assert.HasCount(12, error.Mismatches);
        Assert.AreEqual(_folder, error.Folder);

        void Has(string place, string problem) => Assert.IsTrue(
            error.Mismatches.Any(m => m.Place.Contains(place, StringComparison.Ordinal) && m.Problem.Contains(problem, StringComparison.Ordinal)), $"{place}: {problem}");
    }

    [TestMethod]
    public void TensorsOfIntegersAreAMismatch()
    {
        SafetensorsWriter writer = new();
        foreach (string layer in new[] { "0", "1", "2" })
        {
            writer.Add($"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_A.weight", SafetensorsDataType.I8, new byte[4 * 64], 4, 64);
            writer.Add($"base_model.model.model.layers.{layer}.self_attn.q_proj.lora_B.weight", new float[64 * 4], 64, 4);
        }

        writer.Write(Path.Combine(_folder, "adapter_model.safetensors"));
        Save("""{"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"]}""");
        Assert.HasCount(3, Assert.ThrowsExactly<AdapterMismatchException>(() => Load()).Mismatches);
    }

    [TestMethod]
    public void AModelWithoutSlotsTakesNoAdapter()
    {
        TinyAdapter.Plain(1).Write(_folder);
        ModelManifest model = ModelManifest.Load(TinyModel.Shared.NoSlotsFolder);
        AdapterMismatchException error = Assert.ThrowsExactly<AdapterMismatchException>(() => PeftAdapter.Open(_folder, model));
        Assert.HasCount(6, error.Mismatches);
        Assert.Contains("without slots", error.Message);
    }

    private AdapterWeights Load()
    {
        using PeftAdapter adapter = PeftAdapter.Open(_folder, _model);
        return adapter.Load();
    }

    private void Change(string change)
    {
        JsonObject config = Config();
        foreach ((string name, JsonNode? value) in JsonNode.Parse(change)!.AsObject())
        {
            config[name] = value?.DeepClone();
        }

        Save(config.ToJsonString());
    }

    private JsonObject Config() => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "adapter_config.json")))!.AsObject();

    private void Save(string json) => File.WriteAllText(Path.Combine(_folder, "adapter_config.json"), json);
}
