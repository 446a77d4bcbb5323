using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Tests.Native;

[TestClass]
public sealed class NativeBufferTests
{
    private const int Large = 192 << 20;

    [TestMethod]
    [DataRow(0)]
    [DataRow(100)]
    [DataRow(NativeBuffer.PagesFrom - 1)]
    [DataRow(NativeBuffer.PagesFrom)]
    [DataRow(NativeBuffer.PagesFrom + 1)]
    public void ABufferIsAlignedAndHoldsWhatIsWritten(int bytes)
    {
        using NativeBuffer buffer = NativeBuffer.AllocateZeroed(bytes);
        Assert.AreEqual(bytes, buffer.ByteLength);
        Assert.AreEqual(0, buffer.Address % 64);
        Assert.IsFalse(buffer.Span<byte>(0, bytes).ContainsAnyExcept((byte)0));
        buffer.Span<byte>(0, bytes).Fill(7);
        Assert.IsFalse(buffer.Span<byte>(0, bytes).ContainsAnyExcept((byte)7));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => buffer.Span<byte>(0, bytes + 1));
    }

    [TestMethod]
    public void AFreedLargeBufferGivesItsMemoryBackToTheSystem()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("/proc/self/status tells the resident memory; this system has none.");
        }

        long before = Resident();
        NativeBuffer buffer = NativeBuffer.Allocate(Large);
        buffer.Span<byte>(0, Large).Fill(1);
        long filled = Resident();
        buffer.Dispose();
        Assert.IsGreaterThan(Large / 2, filled - before);
        Assert.IsGreaterThan(Large / 2, filled - Resident());
        Assert.ThrowsExactly<ObjectDisposedException>(() => buffer.Address);
    }

    [TestMethod]
    public void MoreThanTheSystemHasIsAnError() => Assert.ThrowsExactly<InsufficientMemoryException>(() => NativeBuffer.Allocate(1L << 60));

    [TestMethod]
    public void APooledBufferGetsTheBlockOfAFreedOne()
    {
        PagePool pool = new(1 << 20);
        NativeBuffer first = NativeBuffer.Allocate(200_000, pool);
        nint address = first.Address;
        first.Dispose();
        Assert.AreEqual((long)PagePool.SizeOf(200_000), pool.Bytes);
        using (NativeBuffer again = NativeBuffer.Allocate(199_000, pool))
        {
            Assert.AreEqual(address, again.Address);
            Assert.AreEqual(199_000, again.ByteLength);
            Assert.AreEqual(0, pool.Bytes);
        }

        pool.Clear();
        Assert.AreEqual(0, pool.Bytes);
    }

    [TestMethod]
    public void SmallBuffersPassThePoolBy()
    {
        PagePool pool = new(1 << 20);
        NativeBuffer.Allocate(1000, pool).Dispose();
        Assert.AreEqual(0, pool.Bytes);
    }

    /// <summary>kB of the line <c>RssAnon</c>, in bytes.</summary>
    private static long Resident()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
