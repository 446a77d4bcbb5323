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
    public async Task WhoWaitsLongestIsServedFirst()
    {
        using DecoderPool pool = Pool(blocks: 2);
        IDecoder first = pool.Take(128, CancellationToken.None);
        IDecoder second = pool.Take(128, CancellationToken.None);
        Task<IDecoder> large = Wait(pool, 256, CancellationToken.None);
        Task<IDecoder> small = Wait(pool, 100, CancellationToken.None);
        pool.Return(first, keep: true);
        pool.Return(second, keep: true);
        Assert.AreSame(large, await Task.WhenAny(large, small));
        pool.Return(await large, keep: true);
        pool.Return(await small, keep: true);
        Assert.AreEqual(0, pool.Waiting);
    }

    [TestMethod]
    public async Task WhoLeavesTheLineLetsTheNextOneThrough()
    {
        using DecoderPool pool = Pool(blocks: 2);
        IDecoder held = pool.Take(128, CancellationToken.None);
        using CancellationTokenSource leave = new();
        Task<IDecoder> large = Wait(pool, 256, leave.Token);
        Task<IDecoder> small = Wait(pool, 128, CancellationToken.None);
        await leave.CancelAsync();
        await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => large);
        pool.Return(await small, keep: true);
        pool.Return(held, keep: false);
        Assert.AreEqual(KvCacheSize.Bytes(_backend.Model, 128), pool.Bytes, "what was not kept is given back");
    }

    [TestMethod]
    public void ASequenceLargerThanTheBudgetIsRefusedAtOnce()
    {
        using DecoderPool pool = Pool(blocks: 1);
        KvBudgetException error = Assert.ThrowsExactly<KvBudgetException>(() => pool.Take(129, CancellationToken.None));
        Assert.AreEqual(KvCacheSize.Bytes(_backend.Model, 256), error.RequiredBytes);
        Assert.AreEqual(0, pool.Bytes);
    }

    [TestMethod]
    public void ADecoderThatCannotBeMadeTakesNoMemory()
    {
        using DecoderPool pool = Pool(blocks: 1);
        _backend.OnCreate = () => throw new InsufficientMemoryException();
        Assert.ThrowsExactly<InsufficientMemoryException>(() => pool.Take(128, CancellationToken.None));
        Assert.AreEqual(0, pool.Bytes);
        _backend.OnCreate = null;
        pool.Return(pool.Take(128, CancellationToken.None), keep: true);
    }

    [TestMethod]
    public void ADecoderThatCannotBeEmptiedIsThrownAway()
    {
        using DecoderPool pool = Pool(blocks: 1);
        IDecoder decoder = pool.Take(128, CancellationToken.None);
        _backend.OnReset = () => throw new InsufficientMemoryException();
        pool.Return(decoder, keep: true);
        Assert.AreEqual(0, pool.Bytes);
        Assert.AreEqual(1, _backend.Disposed);
    }

    /// <summary>Asks on another thread, and returns once it stands in line.</summary>
    private static Task<IDecoder> Wait(DecoderPool pool, int tokens, CancellationToken cancellation)
    {
        int before = pool.Waiting;
        Task<IDecoder> taken = Task.Factory.StartNew(
            () => pool.Take(tokens, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        SpinWait.SpinUntil(() => pool.Waiting > before || taken.IsCompleted);
        return taken;
    }

    private DecoderPool Pool(int blocks) => new(_backend, KvCacheSize.Bytes(_backend.Model, blocks * KvCacheSize.BlockTokens));
}
