using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Fusion;

[TestClass]
public sealed class FusionCacheTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-fusion-cache").FullName;
    private readonly ModelManifest _model = ModelManifest.Load(TinyModel.Shared.Folder);
    private readonly AdapterWeights[] _adapters = new AdapterWeights[3];

    [TestInitialize]
    public void LoadAdapters()
    {
        for (int i = 0; i < _adapters.Length; i++)
        {
            TinyAdapter.Plain(i + 1).Write(_folder);
            using PeftAdapter adapter = PeftAdapter.Open(_folder, _model);
            _adapters[i] = adapter.Load();
        }
    }

    [TestCleanup]
    public void Cleanup()
    {
        Array.ForEach(_adapters, a => a.Release());
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public void TheSameAdaptersGiveTheSameStack()
    {
        FusionCache cache = new(_model, long.MaxValue);
        FusedStack first = cache.Acquire(_adapters.AsSpan(0, 2));
        FusedStack again = cache.Acquire(_adapters.AsSpan(0, 2));
        FusedStack other = cache.Acquire([_adapters[1], _adapters[0]]);
        Assert.AreSame(first, again);
        Assert.AreNotSame(first, other, "another order is another stack");
        Assert.AreEqual(8, first.Rows);
        Assert.AreEqual(3, first.Owners);
        Array.ForEach([first, again, other], s => s.Release());
        cache.Clear();
        Assert.AreEqual(0, first.Owners);
    }

    [TestMethod]
    public void TheLeastRecentlyUsedLeavesAndARequestKeepsItsOwn()
    {
        FusionCache unlimited = new(_model, long.MaxValue);
        FusedStack sample = unlimited.Acquire(_adapters.AsSpan(0, 1));
        FusionCache cache = new(_model, 2 * sample.ByteLength);
        FusedStack a = cache.Acquire(_adapters.AsSpan(0, 1));
        FusedStack b = cache.Acquire(_adapters.AsSpan(1, 1));
        cache.Acquire(_adapters.AsSpan(0, 1)).Release();
        FusedStack c = cache.Acquire(_adapters.AsSpan(2, 1));
        Assert.AreEqual(2 * sample.ByteLength, cache.Bytes);
        Assert.AreEqual(1, b.Owners, "only the request's own");
        Assert.AreNotEqual((nint)0, b.A(0));
        Assert.AreEqual(2, a.Owners);
        Array.ForEach([a, b, c, sample], s => s.Release());
        Assert.ThrowsExactly<ObjectDisposedException>(() => b.A(0));
        cache.Clear();
        unlimited.Clear();
    }

    [TestMethod]
    public void AStackBeyondTheBudgetIsUsedAndNotKept()
    {
        FusionCache cache = new(_model, 0);
        FusedStack stack = cache.Acquire(_adapters);
        Assert.AreEqual(12, stack.Rows);
        Assert.AreEqual(0, cache.Bytes);
        Assert.AreEqual(1, stack.Owners);
        stack.Release();
    }

    [TestMethod]
    public void TheGateHasEachAdaptersWeightAtItsRows()
    {
        FusionCache cache = new(_model, 0);
        FusedStack stack = cache.Acquire(_adapters.AsSpan(0, 2));
        float[] gate = new float[stack.Rows];
        stack.WriteGate([0.25f, -1f], gate);
        CollectionAssert.AreEqual(new[] { 0.25f, 0.25f, 0.25f, 0.25f, -1f, -1f, -1f, -1f }, gate);
        stack.Release();
    }
}
