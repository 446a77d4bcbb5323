using System.IO.MemoryMappedFiles;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Tests.Native;

[TestClass]
public sealed class MappedPagesTests
{
    private const int Length = 1 << 20;
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-mapped").FullName;

    private string File => Path.Combine(_folder, "weights");

    [TestInitialize]
    public void WriteFile() => System.IO.File.WriteAllBytes(File, [.. Enumerable.Repeat((byte)5, Length)]);

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void AMappedFileIsReleasedAndReadsTheSame()
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(File, FileMode.Open);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        Assert.AreEqual(5, view.ReadByte(Length - 1));
        Assert.AreEqual(OperatingSystem.IsLinux() ? Length : 0, MappedPages.Find(_folder).Release());
        Assert.AreEqual(5, view.ReadByte(0));
        Assert.AreEqual(5, view.ReadByte(Length - 1));
    }

    [TestMethod]
    public void AMappingThatWasWrittenKeepsWhatWasWritten()
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(File, FileMode.Open);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.CopyOnWrite);
        view.Write(100, (byte)9);
        Assert.AreEqual(0, MappedPages.Find(_folder).Release());
        Assert.AreEqual(9, view.ReadByte(100));
    }

    [TestMethod]
    public void OtherFoldersAreLeftAlone()
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(File, FileMode.Open);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        Assert.AreEqual(0, MappedPages.Find(_folder[..^1]).Release());
        Assert.AreEqual(5, view.ReadByte(0));
    }

    [TestMethod]
    public void OneFileIsReleasedAgainAndAgainAndSmallMappingsNever()
    {
        using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(File, FileMode.Open);
        using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        MappedPages pages = MappedPages.Find(File, least: Length);
        for (int i = 0; i < 3; i++)
        {
            Assert.AreEqual(5, view.ReadByte(Length / 2));
            Assert.AreEqual(OperatingSystem.IsLinux() ? Length : 0, pages.Release());
        }

        Assert.AreEqual(0, MappedPages.Find(File, least: Length + 1).Release());
        Assert.AreEqual(0, MappedPages.Find(File[..^1]).Release());
    }
}
