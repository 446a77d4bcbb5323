using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Chat;

/// <summary>A tiny engine with two adapters and a router that knows a word of each.</summary>
internal sealed class ChatFixture : IAsyncDisposable
{
    public const string Poems = "poems";
    public const string Sums = "sums";

    private readonly string _folder;

    private ChatFixture(string folder, DlpLoraEngine engine)
    {
        _folder = folder;
        Engine = engine;
    }

    public DlpLoraEngine Engine { get; }

    public static async Task<ChatFixture> CreateAsync()
    {
        string folder = Directory.CreateTempSubdirectory("dlplora-chat").FullName;
        DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(TinyModel.Shared.QueryValueFolder, Options(folder));
        return new ChatFixture(folder, engine);
    }

    /// <summary>Writes adapters and a router below a folder.</summary>
    public static DlpLoraOptions Options(string folder)
    {
        string adapters = Path.Combine(folder, "adapters");
        TinyAdapter.Plain(seed: 1).Write(Path.Combine(adapters, Poems));
        TinyAdapter.Plain(seed: 2).Write(Path.Combine(adapters, Sums));
        return new DlpLoraOptions
        {
            AdapterFolder = adapters,
            RouterFile = KeywordRouter.Write(Path.Combine(folder, "router.safetensors"), baseFingerprint: null, (Poems, "rhyme"), (Sums, "plus")),
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
