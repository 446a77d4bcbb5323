using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Adapters;

[TestClass]
public sealed class AdapterRegistryTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-registry").FullName;
    private readonly ModelManifest _model = ModelManifest.Load(TinyModel.Shared.Folder);

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void AFolderGivesOneAdapterASubfolderAndABadOneStopsNothing()
    {
        Write("good", 1);
        Directory.CreateDirectory(Path.Combine(_folder, "bad"));
        Directory.CreateDirectory(Path.Combine(_folder, ".hidden"));
        Directory.CreateDirectory(Path.Combine(_folder, "not a name"));
        File.WriteAllText(Path.Combine(_folder, "training.txt"), "ignored");
        AdapterRegistry registry = Create();
        CollectionAssert.AreEqual(new[] { "bad", "good" }, registry.AddFolder(_folder).ToArray());
        Assert.AreEqual(4, registry.Preload("good").Rank);
        Assert.ThrowsExactly<InvalidFileException>(() => registry.Preload("bad"));
        Assert.AreEqual(4, registry.Preload("good").Rank);
    }

    [TestMethod]
    public void AMissingFolderIsAnError() =>
        Assert.ThrowsExactly<InvalidFileException>(() => Create().AddFolder(Path.Combine(_folder, "none")));

    [TestMethod]
    public void AnUnknownNameListsTheKnownOnes()
    {
        Write("b", 1);
        Write("a", 2);
        AdapterRegistry registry = Create();
        registry.AddFolder(_folder);
        UnknownAdapterException error = Assert.ThrowsExactly<UnknownAdapterException>(() => registry.Preload("c"));
        Assert.AreEqual("c", error.Name);
        CollectionAssert.AreEqual(new[] { "a", "b" }, error.Known.ToArray());
        Assert.Contains("a, b", error.Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow(".")]
    [DataRow("..")]
    [DataRow("a/b")]
    [DataRow("a b")]
    [DataRow("ä")]
    public void NamesThatAreNoPlainNamesAreRefused(string name) =>
        Assert.ThrowsExactly<ArgumentException>(() => Create().Add(name, Write("a", 1)));

    [TestMethod]
    public void AddingABadAdapterLeavesTheOldOne()
    {
        AdapterRegistry registry = Create();
        long generation = registry.Add("a", Write("a", 1)).Generation;
        string bad = Write("bad", 2);
        File.WriteAllText(Path.Combine(bad, "adapter_config.json"), "{}");
        Assert.ThrowsExactly<InvalidFileException>(() => registry.Add("a", bad));
        Assert.AreEqual(generation, registry.Get("a").Generation);
    }

    [TestMethod]
    public void WeightsLiveUntilTheLastLeaseEnds()
    {
        AdapterRegistry registry = Create();
        registry.Add("a", Write("a", 1));
        AdapterWeights held = registry.Acquire("a");
        float before = held.A(held.Modules[0])[0];
        registry.Add("a", Write("other", 2));
        AdapterWeights fresh = registry.Acquire("a");
        Assert.AreNotEqual(held.Digest, fresh.Digest);
        Assert.IsTrue(registry.Remove("a"));
        Assert.IsFalse(registry.Remove("a"));
        Assert.AreEqual(before, held.A(held.Modules[0])[0]);
        Assert.AreEqual(1, held.Owners);
        held.Release();
        fresh.Release();
        Assert.ThrowsExactly<ObjectDisposedException>(() => held.A(held.Modules[0]).Length);
        Assert.IsFalse(held.TryAddOwner());
    }

    [TestMethod]
    public void TheLeastRecentlyUsedLeavesWhenTheBudgetIsFull()
    {
        AdapterRegistry unlimited = Create();
        long bytes = unlimited.Add("a", Write("a", 1)) is not null ? unlimited.Preload("a").Bytes!.Value : 0;
        AdapterRegistry registry = new(_model, (2 * bytes) + 1);
        Write("b", 2);
        Write("c", 3);
        registry.AddFolder(_folder);
        registry.Preload("a");
        registry.Preload("b");
        registry.Preload("a");
        registry.Preload("c");
        Assert.IsTrue(registry.Get("a").IsResident);
        Assert.IsFalse(registry.Get("b").IsResident);
        Assert.IsTrue(registry.Get("c").IsResident);
        Assert.AreEqual(2 * bytes, registry.ResidentBytes);
        Assert.AreEqual(registry.Get("b").Digest, registry.Preload("b").Digest);
    }

    [TestMethod]
    public void WhatARequestUsesIsNotEvicted()
    {
        AdapterRegistry registry = new(_model, 0);
        registry.Add("a", Write("a", 1));
        AdapterWeights held = registry.Acquire("a");
        AdapterWeights again = registry.Acquire("a");
        Assert.AreSame(held, again);
        held.Release();
        again.Release();
        registry.Add("b", Write("b", 2));
        registry.Preload("b");
        Assert.IsFalse(registry.Get("a").IsResident);
    }

    [TestMethod]
    public void AFolderThatChangedAfterItsFirstUseIsNotMixedUp()
    {
        AdapterRegistry registry = new(_model, 0);
        registry.Add("a", Write("a", 1));
        registry.Preload("a");
        registry.Add("b", Write("b", 2));
        registry.Preload("b");
        Write("a", 3);
        Assert.Contains("changed", Assert.ThrowsExactly<InvalidFileException>(() => registry.Preload("a")).Problem);
        registry.Add("a", Path.Combine(_folder, "a"));
        Assert.AreEqual(4, registry.Preload("a").Rank);
    }

    [TestMethod]
    public void AnAdapterThatIsReadAgainIsTheSameContent()
    {
        AdapterRegistry registry = new(_model, 0);
        registry.Add("a", Write("a", 1));
        registry.Add("b", Write("b", 2));
        string? first = registry.Preload("a").Digest;
        registry.Preload("b");
        Assert.IsFalse(registry.Get("a").IsResident);
        Assert.IsNotNull(first);
        Assert.AreEqual(first, registry.Preload("a").Digest);
    }

    [TestMethod]
    public void ManyThreadsLoadAnAdapterOnce()
    {
        AdapterRegistry registry = Create();
        registry.Add("a", Write("a", 1));
        AdapterWeights[] seen = new AdapterWeights[16];
        Thread[] threads = [.. Enumerable.Range(0, seen.Length).Select(i => new Thread(() => seen[i] = registry.Acquire("a")))];
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());
        Assert.IsTrue(seen.All(w => ReferenceEquals(w, seen[0])));
        Assert.AreEqual(seen.Length + 1, seen[0].Owners);
        Array.ForEach(seen, w => w.Release());
    }

    private AdapterRegistry Create() => new(_model, long.MaxValue);

    private string Write(string name, int seed) => TinyAdapter.Plain(seed).Write(Path.Combine(_folder, name));
}
