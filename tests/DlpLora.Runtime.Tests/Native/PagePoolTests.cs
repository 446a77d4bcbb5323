using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Tests.Native;

[TestClass]
public sealed unsafe class PagePoolTests
{
    private readonly nuint _block = PagePool.SizeOf(1 << 20);

    [TestMethod]
    [DataRow(1L)]
    [DataRow(4097L)]
    [DataRow(200_000L)]
    [DataRow(3_000_001L)]
    [DataRow((5L << 30) + 1)]
    public void ABlockIsAtMostAnEighthLargerThanWhatIsWanted(long bytes)
    {
        long size = (long)PagePool.SizeOf(bytes);
        Assert.AreEqual(0, size % 4096);
        Assert.IsGreaterThanOrEqualTo(bytes, size);
        Assert.IsLessThanOrEqualTo(Math.Max(4095, bytes / 8), size - bytes);
    }

    [TestMethod]
    public void TheOldestBlocksLeaveWhenTheBudgetIsFull()
    {
        PagePool pool = new(2 * (long)_block);
        nint[] blocks = [(nint)pool.Take(_block), (nint)pool.Take(_block), (nint)pool.Take(_block)];
        foreach (nint block in blocks)
        {
            pool.Return((void*)block, _block);
        }

        Assert.AreEqual(2 * (long)_block, pool.Bytes);
        Assert.AreEqual(blocks[2], (nint)pool.Take(_block));
        Assert.AreEqual(blocks[1], (nint)pool.Take(_block));
        Assert.AreEqual(0, pool.Bytes);
        SystemPages.Free((void*)blocks[1], _block);
        SystemPages.Free((void*)blocks[2], _block);
    }

    [TestMethod]
    public void ABlockBeyondTheBudgetIsNotKeptAndDrivesNoneOut()
    {
        PagePool pool = new((long)_block);
        pool.Return(pool.Take(_block), _block);
        nuint large = PagePool.SizeOf(4 << 20);
        pool.Return(pool.Take(large), large);
        Assert.AreEqual((long)_block, pool.Bytes);
        pool.Clear();
        Assert.AreEqual(0, pool.Bytes);
    }
}
