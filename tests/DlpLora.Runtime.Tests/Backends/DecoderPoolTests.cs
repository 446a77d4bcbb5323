using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>Who gets KV memory, and what happens to the memory of those who fail or leave.</summary>
[TestClass]
public sealed class DecoderPoolTests : IDisposable
{
    private readonly ScriptedBackend _backend = new("x");

    public void Dispose() => _backend.Dispose();

    [TestMethod]
    public void MemoryThatIsLentIsNotLentTwice()
    {
        using DecoderPool pool = Pool(blocks: 2);
        IDecoder first = pool.TryTake(128)!;
        IDecoder second = pool.TryTake(128)!;
        Assert.IsNull(pool.TryTake(1));
        pool.Return(first, keep: true);
        Assert.IsNull(pool.TryTake(256), "half of it is lent");
        pool.Return(second, keep: false);
        Assert.AreEqual(0, pool.Bytes, "idle memory gave way, and what was not kept is given back");
        Assert.IsNotNull(pool.TryTake(256));
    }

    [TestMethod]
    public void ASequenceLargerThanTheBudgetIsRefusedAtOnce()
    {
        using DecoderPool pool = Pool(blocks: 1);
        KvBudgetException error = Assert.ThrowsExactly<KvBudgetException>(() => pool.TryTake(129)!);
        Assert.AreEqual(KvCacheSize.Bytes(_backend.Model, 256), error.RequiredBytes);
        Assert.AreEqual(0, pool.Bytes);
    }

    [TestMethod]
    public void ADecoderThatCannotBeMadeTakesNoMemory()
    {
        using DecoderPool pool = Pool(blocks: 1);
        _backend.OnCreate = () => throw new InsufficientMemoryException();
        Assert.ThrowsExactly<InsufficientMemoryException>(() => pool.TryTake(128)!);
        Assert.AreEqual(0, pool.Bytes);
        _backend.OnCreate = null;
        pool.Return(pool.TryTake(128)!, keep: true);
    }

    [TestMethod]
    public void ADecoderThatCannotBeEmptiedIsThrownAway()
    {
        using DecoderPool pool = Pool(blocks: 1);
        IDecoder decoder = pool.TryTake(128)!;
        _backend.OnReset = () => throw new InsufficientMemoryException();
        pool.Return(decoder, keep: true);
        Assert.AreEqual(0, pool.Bytes);
        Assert.AreEqual(1, _backend.Disposed);
    }

    private DecoderPool Pool(int blocks) => new(_backend, KvCacheSize.Bytes(_backend.Model, blocks * KvCacheSize.BlockTokens));
}
