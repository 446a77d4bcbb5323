using DlpLora.OnnxExport.Onnx;
using DlpLora.Runtime.Models;
using DlpLora.Testing;

namespace DlpLora.OnnxExport.Tests.Graphs;

[TestClass]
public sealed class OperatorGraphTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-operators").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(Precision.Fp32, SlotScope.None)]
    [DataRow(Precision.Fp32, SlotScope.AllLinear)]
    [DataRow(Precision.Int4, SlotScope.QueryValue)]
    public void WhatTheRuntimeComputesItselfIsOneNodeALayer(Precision precision, SlotScope scope)
    {
        (GraphProto plain, GraphProto own) = Export(precision, scope);
        Assert.AreEqual(2, Count(plain, "Split"));
        Assert.AreEqual(2, Count(plain, "QuickGelu"));
        Assert.AreEqual(0, Count(own, "Split"));
        Assert.AreEqual(0, Count(own, "QuickGelu"));
        Assert.AreEqual(2, Count(own, "SwiGlu"));
        Assert.AreEqual(0, Count(own, "GroupQueryAttention"));
        Assert.AreEqual(2, Count(own, "Attention"));
        CollectionAssert.AreEqual(plain.Input.Select(i => i.Name).ToArray(), own.Input.Select(i => i.Name).ToArray());
        CollectionAssert.AreEqual(plain.Output.Select(o => o.Name).ToArray(), own.Output.Select(o => o.Name).ToArray());
    }

    private static int Count(GraphProto graph, string operation) => graph.Node.Count(n => n.OpType == operation);

    private (GraphProto Plain, GraphProto Own) Export(Precision precision, SlotScope scope)
    {
        string source = Path.Combine(_folder, "source");
        string folder = Path.Combine(_folder, "model");
        TinyLlama.Write(source, 3);
        ModelManifest manifest = ModelExporter.Export(source, folder, new ExportOptions { Precision = precision, Slots = scope });
        return (Graph(manifest.Graph), Graph(manifest.OperatorGraph!));

        GraphProto Graph(string file) => ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(folder, file))).Graph;
    }
}
