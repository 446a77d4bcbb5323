using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Tests.Storage;

[TestClass]
public sealed class AtomicFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-atomic").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void AFailureLeavesTheOldFileAndNothingElse()
    {
        string path = Path.Combine(_folder, "file.txt");
        AtomicFile.WriteText(path, "old");
        Assert.ThrowsExactly<InvalidFileException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException("No space left on device");
        }));
        Assert.AreEqual("old", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(_folder));
        AtomicFile.WriteText(path, "new");
        Assert.AreEqual("new", File.ReadAllText(path));
    }

    [TestMethod]
    public void AFolderThatCannotBeMadeIsATypedError()
    {
        string file = Path.Combine(_folder, "file.txt");
        File.WriteAllText(file, "x");
        string below = Path.Combine(file, "folder", "below.txt");
        Assert.AreEqual(below, Assert.ThrowsExactly<InvalidFileException>(() => AtomicFile.WriteText(below, "y")).Path);
    }

    [TestMethod]
    public void WhatCannotBeWrittenIsFoundOutBeforehandAndNothingChanges()
    {
        string path = Path.Combine(_folder, "new", "file.txt");
        AtomicFile.CheckWritable(path);
        Assert.IsEmpty(Directory.GetFileSystemEntries(Path.GetDirectoryName(path)!));
        File.WriteAllText(path, "old");
        AtomicFile.CheckWritable(path);
        Assert.AreEqual("old", File.ReadAllText(path));
        Assert.ThrowsExactly<InvalidFileException>(() => AtomicFile.CheckWritable(_folder));
        Assert.ThrowsExactly<InvalidFileException>(() => AtomicFile.CheckWritable(Path.Combine(path, "below.txt")));
    }
}
