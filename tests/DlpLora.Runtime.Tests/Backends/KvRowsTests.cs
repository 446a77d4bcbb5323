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
        Assert.IsTrue(rows.TryAdd(5, 128, null, out _));
        Assert.IsFalse(rows.TryAdd(5, 384, null, out _), "the shorter row would get as much");
        Assert.IsTrue(rows.TryAdd(5, 256, null, out _));
        Assert.IsFalse(rows.TryAdd(5, 1, null, out _));
        rows.Remove(1);
        Assert.IsTrue(rows.TryAdd(5, 1, null, out _));
        Assert.AreEqual(2, rows.Count);
        Assert.IsLessThanOrEqualTo(Bytes(4), rows.Bytes);
    }

    [TestMethod]
    public void ASequenceLargerThanTheBudgetIsRefusedAtOnce()
    {
        using KvRows rows = Create(blocks: 1);
        KvBudgetException error = Assert.ThrowsExactly<KvBudgetException>(() => rows.TryAdd(5, 129, null, out _));
        Assert.AreEqual(Bytes(2), error.RequiredBytes);
        Assert.AreEqual(0, rows.Bytes);
    }

    [TestMethod]
    public void MemoryFollowsTheSequenceInBlocks()
    {
        using KvRows rows = Create(blocks: 5);
        Assert.IsTrue(rows.TryAdd(20, 640, null, out _));
        Assert.AreEqual(Bytes(5), rows.Bytes, "532 tokens to begin with");
        using KvRows small = Create(blocks: 5);
        Assert.IsTrue(small.TryAdd(10, 100, null, out _));
        Assert.AreEqual(Bytes(1), small.Bytes);
        Assert.IsTrue(small.TryAdd(10, 100, null, out _));
        Assert.IsTrue(small.TryAdd(10, 100, null, out _));
        Assert.AreEqual(Bytes(4), small.Bytes, "rows are doubled");
        Assert.IsTrue(small.TryAdd(10, 100, null, out _));
        Assert.IsTrue(small.TryAdd(10, 100, null, out _));
        Assert.AreEqual(Bytes(5), small.Bytes, "but not beyond the budget");
    }

    [TestMethod]
    public void ALongRowTakesTheMemoryThatManyShortOnesHad()
    {
        using KvRows rows = Create(blocks: 4);
        for (int i = 0; i < 4; i++)
        {
            Assert.IsTrue(rows.TryAdd(10, 100, null, out _));
        }

        for (int i = 3; i >= 0; i--)
        {
            rows.Remove(i);
        }

        Assert.IsTrue(rows.TryAdd(10, 500, null, out _));
        Assert.AreEqual((1, 512), _sizes[^1]);
        Assert.AreEqual(Bytes(4), rows.Bytes);
    }

    [TestMethod]
    public void ADecoderThatCannotBeMadeTakesNoMemory()
    {
        using KvRows rows = Create(blocks: 1);
        _backend.OnCreate = () => throw new InsufficientMemoryException();
        Assert.ThrowsExactly<InsufficientMemoryException>(() => rows.TryAdd(5, 128, null, out _));
        Assert.AreEqual((0, 0L), (rows.Count, rows.Bytes));
        _backend.OnCreate = null;
        Assert.IsTrue(rows.TryAdd(5, 128, null, out _));
    }

    [TestMethod]
    public void AnIdleRowIsTakenByAPromptThatGoesOnFromIt()
    {
        using KvRows rows = Create(blocks: 4);
        AddIdle(rows, 1, 2, 3);
        AddIdle(rows, 4, 5);
        Assert.AreEqual((0, 2), (rows.Count, rows.Idle));
        Assert.IsTrue(rows.TryAdd(5, 100, Content(1, 2, 3, 9), out KvContent? held));
        Assert.AreEqual(3, held!.Length);
        Assert.AreEqual(3, rows.Decoder.Length(0));
        Assert.AreEqual((1, 1), (rows.Count, rows.Idle));
        Assert.AreEqual(2, rows.Decoder.Length(1), "the other is still there");
        Assert.AreEqual(1, rows.FindIdle(Content(4, 5, 6), out int common));
        Assert.AreEqual(2, common);
    }

    [TestMethod]
    public void AnIdleRowThatHoldsMoreStaysWhereThereIsRoomBesideIt()
    {
        using KvRows rows = Create(blocks: 2);
        AddIdle(rows, 1, 2, 3);
        Assert.IsTrue(rows.TryAdd(5, 100, Content(1, 2, 9), out KvContent? held));
        Assert.IsNull(held);
        Assert.AreEqual((0, 3), (rows.Decoder.Length(0), rows.Decoder.Length(1)));
        Assert.IsTrue(rows.TryAdd(5, 100, Content(1, 2, 8), out held));
        Assert.AreEqual(2, held!.Length, "no room beside it: it is taken");
        Assert.AreEqual(2, rows.Decoder.Length(1));
        Assert.AreEqual((2, 0), (rows.Count, rows.Idle));
    }

    [TestMethod]
    public void IdleRowsLeaveInTheOrderOfTheirLastUse()
    {
        using KvRows rows = Create(blocks: 3);
        AddIdle(rows, 1);
        AddIdle(rows, 2);
        AddIdle(rows, 3);
        rows.Touch(rows.FindIdle(Content(1), out _));
        Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
        CollectionAssert.AreEqual(new[] { 1, 3 }, Kept(rows));
        Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
        CollectionAssert.AreEqual(new[] { 1 }, Kept(rows));
        rows.Remove(0);
        CollectionAssert.AreEqual(new[] { 1 }, Kept(rows), "it moves up behind those in use");
        Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
        Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
        Assert.IsEmpty(Kept(rows));
        Assert.AreEqual(Bytes(3), rows.Bytes);
    }

    [TestMethod]
    public void ARowThatGrowsTakesTheMemoryOfIdleOnes()
    {
        using KvRows rows = Create(blocks: 6);
        Assert.IsTrue(rows.TryAdd(5, 640, null, out _));
        AddIdle(rows, 1);
        Assert.AreEqual(0, rows.Idle, "two rows of five blocks are too much");
        using KvRows shorter = Create(blocks: 4);
        Assert.IsTrue(shorter.TryAdd(5, 256, null, out _));
        AddIdle(shorter, 1);
        Assert.AreEqual(1, shorter.Idle);
        Assert.IsTrue(shorter.TryAdd(5, 256, null, out _));
        Assert.AreEqual(0, shorter.Idle);
        Assert.IsLessThanOrEqualTo(Bytes(4), shorter.Bytes);
    }

    [TestMethod]
    public void WhatTwoRowsHoldIsKeptOnce()
    {
        using KvRows rows = Create(blocks: 4);
        AddIdle(rows, 1, 2);
        AddIdle(rows, 1, 2);
        Assert.AreEqual(1, rows.Idle);
        AddIdle(rows, 1, 2, 3);
        AddIdle(rows, 1);
        Assert.AreEqual(1, rows.Idle);
        rows.FindIdle(Content(1, 2, 3), out int common);
        Assert.AreEqual(3, common);
    }

    [TestMethod]
    public void MemoryThatManyRequestsDidNotNearlyNeedIsGivenBack()
    {
        using KvRows rows = Create(blocks: 5);
        Assert.IsTrue(rows.TryAdd(600, 640, null, out _));
        rows.Remove(0);
        for (int i = 1; i < 2 * KvDemand.Requests; i++)
        {
            Assert.AreEqual(Bytes(5), rows.Bytes, "one of the last requests needed it");
            Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
            rows.Remove(0);
        }

        Assert.AreEqual(Bytes(1), rows.Bytes);
        Assert.AreEqual((1, 128), _sizes[^1]);
        Assert.IsTrue(rows.TryAdd(600, 640, null, out _));
        Assert.AreEqual(Bytes(5), rows.Bytes);
    }

    [TestMethod]
    public void MemoryThatIsNotFarTooMuchStays()
    {
        using KvRows rows = Create(blocks: 3);
        for (int i = 0; i < 3 * KvDemand.Requests; i++)
        {
            Assert.IsTrue(rows.TryAdd(i == 0 ? 300 : 5, i == 0 ? 384 : 100, null, out _));
            rows.Remove(0);
        }

        Assert.AreEqual(Bytes(3), rows.Bytes);
        Assert.IsEmpty(_sizes);
    }

    [TestMethod]
    public void AtRestNothingIsHeld()
    {
        using KvRows rows = Create(blocks: 5);
        Assert.IsTrue(rows.TryAdd(600, 640, null, out _));
        rows.Rest();
        Assert.AreEqual(Bytes(5), rows.Bytes, "a row is in use");
        rows.Remove(0);
        rows.Rest();
        Assert.AreEqual(0, rows.Bytes);
        rows.Rest();
        Assert.IsTrue(rows.TryAdd(5, 100, null, out _));
        Assert.AreEqual(Bytes(1), rows.Bytes);
    }

    [TestMethod]
    public void AtRestIdleRowsKeepTheirTokensAndNoMore()
    {
        using KvRows rows = Create(blocks: 10);
        Assert.IsTrue(rows.TryAdd(600, 640, null, out _));
        AddIdle(rows, 1, 2, 3);
        rows.Remove(0);
        Assert.AreEqual(Bytes(10), rows.Bytes);
        rows.Rest();
        Assert.AreEqual(Bytes(1), rows.Bytes);
        Assert.AreEqual(0, rows.FindIdle(Content(1, 2, 3), out int common));
        Assert.AreEqual((3, 3), (common, rows.Decoder.Length(0)));
    }

    private static KvContent Content(params int[] tokens) => new(null, tokens, [new(tokens.Length, string.Empty)]);

    private static int[] Kept(KvRows rows) =>
        [.. new[] { 1, 2, 3 }.Where(token => rows.FindIdle(Content(token), out _) is var row && row >= rows.Count && rows.Decoder.Length(row) == 1)];

    /// <summary>Has a row hold some tokens and nobody use it.</summary>
    private static void AddIdle(KvRows rows, params int[] tokens)
    {
        if (!rows.TryAdd(tokens.Length, 100, null, out _))
        {
            return;
        }

        int row = rows.Count - 1;
        rows.Decoder.Bind(1, null, 1);
        rows.Decoder.Read(row, tokens, [0]);
        rows.Retire(row, Content(tokens));
    }

    private long Bytes(int blocks) => KvCacheSize.BytesPerToken(_backend.Model) * blocks * KvCacheSize.BlockTokens;

    private KvRows Create(int blocks) => new(_backend, Bytes(blocks), maximumRows: 8);
}
