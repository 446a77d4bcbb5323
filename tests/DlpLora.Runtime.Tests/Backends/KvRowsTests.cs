using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>Who gets KV memory and how much of it.</summary>
[TestClass]
public sealed class KvRowsTests : IDisposable
{
    private readonly ScriptedBackend _backend = new("x");
    private readonly List<(int Rows, int Capacity)> _sizes = [];

    public KvRowsTests() => _backend.OnResize = (rows, capacity) => _sizes.Add((rows, capacity));

    public void Dispose() => _backend.Dispose();

    [TestMethod]
    public void ARowIsRefusedWhileTheOthersLeaveItNoRoom()
    {
        using KvRows rows = Create(blocks: 4);
        Assert.IsTrue(rows.TryAdd(5, 128));
        Assert.IsFalse(rows.TryAdd(5, 384), "the shorter row would get as much");
        Assert.IsTrue(rows.TryAdd(5, 256));
        Assert.IsFalse(rows.TryAdd(5, 1));
        rows.Remove(1);
        Assert.IsTrue(rows.TryAdd(5, 1));
        Assert.AreEqual(2, rows.Count);
        Assert.IsLessThanOrEqualTo(Bytes(4), rows.Bytes);
    }

    [TestMethod]
    public void ASequenceLargerThanTheBudgetIsRefusedAtOnce()
    {
        using KvRows rows = Create(blocks: 1);
        KvBudgetException error = Assert.ThrowsExactly<KvBudgetException>(() => rows.TryAdd(5, 129));
        Assert.AreEqual(Bytes(2), error.RequiredBytes);
        Assert.AreEqual(0, rows.Bytes);
    }

    [TestMethod]
    public void MemoryFollowsTheSequenceInBlocks()
    {
        using KvRows rows = Create(blocks: 5);
        Assert.IsTrue(rows.TryAdd(20, 640));
        Assert.AreEqual(Bytes(5), rows.Bytes, "532 tokens to begin with");
        using KvRows small = Create(blocks: 5);
        Assert.IsTrue(small.TryAdd(10, 100));
        Assert.AreEqual(Bytes(1), small.Bytes);
        Assert.IsTrue(small.TryAdd(10, 100));
        Assert.IsTrue(small.TryAdd(10, 100));
        Assert.AreEqual(Bytes(4), small.Bytes, "rows are doubled");
        Assert.IsTrue(small.TryAdd(10, 100));
        Assert.IsTrue(small.TryAdd(10, 100));
        Assert.AreEqual(Bytes(5), small.Bytes, "but not beyond the budget");
    }

    [TestMethod]
    public void ALongRowTakesTheMemoryThatManyShortOnesHad()
    {
        using KvRows rows = Create(blocks: 4);
        for (int i = 0; i < 4; i++)
        {
            Assert.IsTrue(rows.TryAdd(10, 100));
        }

        for (int i = 3; i >= 0; i--)
        {
            rows.Remove(i);
        }

        Assert.IsTrue(rows.TryAdd(10, 500));
        Assert.AreEqual((1, 512), _sizes[^1]);
        Assert.AreEqual(Bytes(4), rows.Bytes);
    }

    [TestMethod]
    public void ADecoderThatCannotBeMadeTakesNoMemory()
    {
        using KvRows rows = Create(blocks: 1);
        _backend.OnCreate = () => throw new InsufficientMemoryException();
        Assert.ThrowsExactly<InsufficientMemoryException>(() => rows.TryAdd(5, 128));
        Assert.AreEqual((0, 0L), (rows.Count, rows.Bytes));
        _backend.OnCreate = null;
        Assert.IsTrue(rows.TryAdd(5, 128));
    }

    private long Bytes(int blocks) => KvCacheSize.BytesPerToken(_backend.Model) * blocks * KvCacheSize.BlockTokens;

    private KvRows Create(int blocks) => new(_backend, Bytes(blocks), maximumRows: 8);
}
