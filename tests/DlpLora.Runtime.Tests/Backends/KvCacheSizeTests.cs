using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed class KvCacheSizeTests
{
    private readonly ModelManifest _model = ModelManifest.Load(TinyModel.Shared.Folder);

    [TestMethod]
    [DataRow(0, 128)]
    [DataRow(1, 128)]
    [DataRow(128, 128)]
    [DataRow(129, 256)]
    [DataRow(600, 640)]
    [DataRow(640, 640)]
    public void CapacityIsInBlocksAndNeverBeyondTheContext(int tokens, int capacity) => Assert.AreEqual(capacity, KvCacheSize.Capacity(_model, tokens));

    [TestMethod]
    public void BytesAreKeysAndValuesOfAllLayers()
    {
        Assert.AreEqual(2L * TinyModel.Layers * TinyModel.KeyValueHeads * TinyModel.HeadSize * 4, KvCacheSize.BytesPerToken(_model));
        Assert.AreEqual(KvCacheSize.BytesPerToken(_model) * 256, KvCacheSize.Bytes(_model, 200));
    }
}
