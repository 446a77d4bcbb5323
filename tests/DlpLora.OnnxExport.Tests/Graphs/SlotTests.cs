using DlpLora.Runtime.Models;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Graphs;

[TestClass]
public sealed class SlotTests
{
    private const int Rank = 5;
    private static readonly int[] Ids = [1, 17, 200, 3, 99, 42, 7, 150, 8, 250];

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-slots").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(SlotScope.QueryValue, 2, 4)]
    [DataRow(SlotScope.Attention, 4, 8)]
    [DataRow(SlotScope.AllLinear, 8, 14)]
    public void FilledSlotsEqualMergedWeights(SlotScope scope, int slotCount, int moduleCount)
    {
        TinyLlamaOptions tiny = new() { AttentionBias = true };
        TinyLlama.Write(In("base"), 5, tiny);
        ModelManifest manifest = Export("base", "slotted", scope);
        Assert.HasCount(slotCount, manifest.Slots);
        Assert.AreEqual(moduleCount, manifest.Slots.Sum(s => s.Modules.Count));

        Random random = new(11);
        float[] gate = Random(random, Rank, 1);
        List<(string, float[], long[])> inputs = [(manifest.Gate!, gate, [1, 1, Rank])];
        Dictionary<string, float[]> deltas = [];
        foreach (LoraSlot slot in manifest.Slots)
        {
            float[] a = Random(random, slot.Blocks * Rank * slot.Inputs, 0.3f);
            float[] b = new float[slot.Blocks * Rank * slot.Outputs];
            foreach (SlotModule module in slot.Modules)
            {
                float[] delta = new float[module.Outputs * slot.Inputs];
                for (int r = 0; r < Rank; r++)
                {
                    int row = (module.Block * Rank) + r;
                    for (int o = 0; o < module.Outputs; o++)
                    {
                        float value = random.NextSingle() - 0.5f;
                        b[(row * slot.Outputs) + module.Column + o] = value;
                        for (int i = 0; i < slot.Inputs; i++)
                        {
                            delta[(o * slot.Inputs) + i] += gate[r] * value * a[(row * slot.Inputs) + i];
                        }
                    }
                }

                deltas[module.Name + ".weight"] = delta;
            }

            inputs.Add((slot.A, a, [slot.Blocks * Rank, slot.Inputs]));
            inputs.Add((slot.B, b, [slot.Blocks * Rank, slot.Outputs]));
        }

        TinyLlama.Write(In("merged"), 5, tiny with { Edit = (name, w) => (name, deltas.Remove(name, out float[]? delta) ? [.. w.Zip(delta, (x, y) => x + y)] : w) });
        Assert.IsEmpty(deltas, "a slot names a module that the model does not have");
        Export("merged", "merged-out", SlotScope.None);

        using PlainGraph slotted = new(In("slotted"));
        using PlainGraph merged = new(In("merged-out"));
        float[] expected = merged.Logits(Ids);
        Assert.IsLessThanOrEqualTo(1e-4, Largest(expected, slotted.Logits(Ids, [.. inputs])));
        Assert.IsGreaterThan(1e-2, Largest(expected, slotted.Logits(Ids)), "the filled slots changed nothing");
    }

    [TestMethod]
    [DataRow(Precision.Fp32)]
    [DataRow(Precision.Int8)]
    [DataRow(Precision.Int4)]
    public void EmptySlotsEqualTheGraphWithoutSlots(Precision precision)
    {
        TinyLlama.Write(In("base"), 6);
        Export("base", "slotted", SlotScope.AllLinear, precision);
        ModelManifest plain = Export("base", "plain", SlotScope.None, precision);
        Assert.IsEmpty(plain.Slots);
        Assert.IsNull(plain.Gate);
        using PlainGraph slotted = new(In("slotted"));
        using PlainGraph graph = new(In("plain"));
        CollectionAssert.AreEqual(graph.Logits(Ids), slotted.Logits(Ids));
    }

    [TestMethod]
    public void AGateOfPositionsLetsEachPositionHaveItsOwnMixture()
    {
        TinyLlama.Write(In("base"), 7);
        ModelManifest manifest = Export("base", "slotted", SlotScope.QueryValue);
        Random random = new(3);
        List<(string, float[], long[])> slots = [];
        foreach (LoraSlot slot in manifest.Slots)
        {
            slots.Add((slot.A, Random(random, slot.Blocks * slot.Inputs, 1), [slot.Blocks, slot.Inputs]));
            slots.Add((slot.B, Random(random, slot.Blocks * slot.Outputs, 1), [slot.Blocks, slot.Outputs]));
        }

        using PlainGraph graph = new(In("slotted"));
        float[] none = graph.Logits(Ids);
        float[] gate = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
        float[] switched = graph.Logits(Ids, [(manifest.Gate!, gate, [1, gate.Length, 1]), .. slots]);
        int firstHalf = 5 * TinyLlama.Vocabulary;
        Assert.IsLessThanOrEqualTo(1e-5, Largest(none[..firstHalf], switched[..firstHalf]));
        Assert.IsGreaterThan(1e-2, Largest(none[firstHalf..], switched[firstHalf..]));
    }

    [TestMethod]
    [DataRow(Precision.Fp32, 1e-4)]
    [DataRow(Precision.Int4, 0.2)]
    public void StepsBehindACacheEqualOnePrefill(Precision precision, double tolerance)
    {
        TinyLlama.Write(In("base"), 8);
        Export("base", "model", SlotScope.QueryValue, precision);
        using PlainGraph graph = new(In("model"));
        float[] whole = graph.Logits(Ids);
        (float[] logits, PlainGraph.Cache cache) = graph.Step(Ids.AsSpan(0, 3), PlainGraph.Cache.Empty);
        List<float> steps = [.. logits];
        for (int i = 3; i < Ids.Length; i++)
        {
            (logits, cache) = graph.Step(Ids.AsSpan(i, 1), cache);
            steps.AddRange(logits);
        }

        Assert.IsLessThanOrEqualTo(tolerance, Largest(whole, [.. steps]));
    }

    [TestMethod]
    public void TheGraphHasTheInputsOfTheContract()
    {
        TinyLlama.Write(In("base"));
        ModelManifest manifest = Export("base", "model", SlotScope.QueryValue);
        using PlainGraph graph = new(In("model"));
        string[] caches = [.. Enumerable.Range(0, 2).SelectMany(i => new[] { $"past_key_values.{i}.key", $"past_key_values.{i}.value" })];
        CollectionAssert.AreEqual(
            new[] { "input_ids", "seqlens_k", "total_sequence_length", "logits_rows" }.Concat(caches).ToArray(), graph.Session.InputNames.ToArray());
        CollectionAssert.AreEquivalent(
            manifest.Slots.SelectMany(s => new[] { s.A, s.B }).Append("lora.gate").ToArray(), graph.Session.OverridableInitializerMetadata.Keys.ToArray());
        CollectionAssert.AreEqual(new[] { "lora.0.qkv.A", "lora.1.qkv.A" }, manifest.Slots.Select(s => s.A).ToArray());
    }

    private static float[] Random(Random random, int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => scale * (random.NextSingle() - 0.5f))];

    private static float Largest(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        return expected.Zip(actual, (e, a) => Math.Abs(e - a)).Max();
    }

    private ModelManifest Export(string source, string target, SlotScope scope, Precision precision = Precision.Fp32) =>
        ModelExporter.Export(In(source), In(target), new ExportOptions { Precision = precision, Slots = scope });

    private string In(string name) => Path.Combine(_folder, name);
}
