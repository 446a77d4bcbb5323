using DlpLora.Runtime.Chat;
using DlpLora.Runtime.DependencyInjection;
using DlpLora.Runtime.Tests.Chat;
using DlpLora.Runtime.Tests.Fixtures;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DlpLora.Runtime.Tests.DependencyInjection;

[TestClass]
public sealed class AddDlpLoraTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-di").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task TheContainerAnswersThroughTheEngine()
    {
        ServiceCollection services = new();
        services.AddDlpLora(options =>
        {
            options.ModelFolder = TinyModel.Shared.QueryValueFolder;
            options.Engine = ChatFixture.Options(_folder);
        });
        await using ServiceProvider provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        foreach (IHostedService hosted in provider.GetServices<IHostedService>())
        {
            await hosted.StartAsync(CancellationToken.None);
        }

        IChatClient client = provider.GetRequiredService<IChatClient>();
        Assert.AreSame(provider.GetRequiredService<DlpLoraChatClient>(), client);
        Assert.AreSame(provider.GetRequiredService<DlpLoraEngine>(), client.GetService<DlpLoraEngine>());
        Assert.AreEqual(2, (await client.GetResponseAsync("a rhyme", new ChatOptions { MaxOutputTokens = 2 })).Usage!.OutputTokenCount);
    }

    [TestMethod]
    public async Task TheContainerDisposesTheEngine()
    {
        ServiceCollection services = new();
        services.AddDlpLora(TinyModel.Shared.NoSlotsFolder);
        DlpLoraEngine engine;
        await using (ServiceProvider provider = services.BuildServiceProvider())
        {
            engine = provider.GetRequiredService<DlpLoraEngine>();
        }

        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => engine.GenerateAsync("hi"));
    }

    [TestMethod]
    public async Task SeveralEnginesStandSideBySideByKey()
    {
        ServiceCollection services = new();
        services.AddKeyedDlpLora("small", o => o.ModelFolder = TinyModel.Shared.NoSlotsFolder);
        services.AddKeyedDlpLora("skilled", o => o.ModelFolder = TinyModel.Shared.QueryValueFolder);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.IsEmpty(provider.GetRequiredKeyedService<DlpLoraEngine>("small").Model.Slots);
        Assert.IsNotEmpty(provider.GetRequiredKeyedService<IChatClient>("skilled").GetService<DlpLoraEngine>()!.Model.Slots);
        Assert.IsNull(provider.GetService<DlpLoraEngine>());
    }

    [TestMethod]
    public async Task AnotherChatClientOfTheCallersStays()
    {
        ServiceCollection services = new();
        services.AddSingleton<IChatClient>(new EmptyClient());
        services.AddDlpLora(TinyModel.Shared.NoSlotsFolder);
        await using ServiceProvider provider = services.BuildServiceProvider();
        Assert.IsInstanceOfType<EmptyClient>(provider.GetRequiredService<IChatClient>());
        Assert.IsNotNull(provider.GetRequiredService<DlpLoraChatClient>());
    }

    [TestMethod]
    public async Task OptionsAreValidatedAtStart()
    {
        (Action<DlpLoraServiceOptions> Configure, string Problem)[] cases =
        [
            (_ => { }, "ModelFolder is empty"),
            (o => o.ModelFolder = _folder, "dlplora.json"),
            (o => o.Engine = null!, "Engine is null"),
            (o => o.Engine.Threads = 0, "Threads"),
            (o => o.Engine.AdapterFolder = Path.Combine(_folder, "none"), "AdapterFolder"),
            (o => o.Engine.RouterFile = Path.Combine(_folder, "none"), "RouterFile"),
        ];
        foreach ((Action<DlpLoraServiceOptions> configure, string problem) in cases)
        {
            ServiceCollection services = new();
            services.AddDlpLora(configure);
            await using ServiceProvider provider = services.BuildServiceProvider();
            OptionsValidationException error = Assert.ThrowsExactly<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
            StringAssert.Contains(error.Message, problem);
        }
    }

    [TestMethod]
    public async Task ABadModelStopsTheStartUnlessItLoadsLater()
    {
        string folder = TinyModel.Copy(TinyModel.Shared.NoSlotsFolder, Path.Combine(_folder, "damaged"));
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), "{");
        foreach (bool atStart in (bool[])[true, false])
        {
            ServiceCollection services = new();
            services.AddDlpLora(o => (o.ModelFolder, o.LoadAtStart) = (folder, atStart));
            await using ServiceProvider provider = services.BuildServiceProvider();
            Task start = provider.GetServices<IHostedService>().Single().StartAsync(CancellationToken.None);
            if (atStart)
            {
                await Assert.ThrowsExactlyAsync<InvalidFileException>(() => start);
            }
            else
            {
                await start;
                Assert.ThrowsExactly<InvalidFileException>(() => provider.GetRequiredService<DlpLoraEngine>());
            }
        }
    }

    private sealed class EmptyClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            Task.FromResult(new ChatResponse());

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            AsyncEnumerable.Empty<ChatResponseUpdate>();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
