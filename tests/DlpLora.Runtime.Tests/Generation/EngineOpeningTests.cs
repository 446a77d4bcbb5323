using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>The parts of an engine load beside each other; a part that fails is told as if they did not.</summary>
[TestClass]
public sealed class EngineOpeningTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-opening-").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task ADamagedRouterIsNamedWhileTheGraphLoads()
    {
        string router = Path.Combine(_folder, "router.safetensors");
        await File.WriteAllTextAsync(router, "not a router");
        InvalidFileException error = await Assert.ThrowsExactlyAsync<InvalidFileException>(
            () => DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, new DlpLoraOptions { RouterFile = router, Threads = 1 }));
        StringAssert.Contains(error.Message, router);
    }

    [TestMethod]
    public async Task AMissingAdapterFolderIsNamedWhileTheGraphLoads()
    {
        string adapters = Path.Combine(_folder, "adapters");
        InvalidFileException error = await Assert.ThrowsExactlyAsync<InvalidFileException>(
            () => DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, new DlpLoraOptions { AdapterFolder = adapters, Threads = 1 }));
        StringAssert.Contains(error.Message, adapters);
    }

    [TestMethod]
    public async Task TheSameFolderLoadsAfterAFailure()
    {
        await Assert.ThrowsExactlyAsync<InvalidFileException>(
            () => DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, new DlpLoraOptions { RouterFile = Path.Combine(_folder, "missing"), Threads = 1 }));
        await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(TinyModel.Shared.Folder, new DlpLoraOptions { Threads = 1 });
        Assert.IsNull(engine.Router);
        Assert.AreNotEqual(0, engine.Model.Layers);
    }
}
