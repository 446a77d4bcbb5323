using DlpLora.Runtime;
using DlpLora.Runtime.Chat;
using DlpLora.Runtime.DependencyInjection;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds engines of DlpLora.Runtime to a service collection.</summary>
public static class DlpLoraServiceCollectionExtensions
{
    /// <summary>
    /// Adds an engine as singletons: <see cref="DlpLoraEngine"/>, <see cref="DlpLoraChatClient"/>, and, where no other is registered,
    /// <see cref="IChatClient"/>. The container disposes the engine, asynchronously (<c>await using</c>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options; <see cref="DlpLoraServiceOptions.ModelFolder"/> is required. They are validated at start.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDlpLora(this IServiceCollection services, Action<DlpLoraServiceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        AddOptions(services, Options.Options.DefaultName, key: null, configure);
        services.TryAddSingleton(provider => Load(provider, Options.Options.DefaultName));
        services.TryAddSingleton(provider => new DlpLoraChatClient(provider.GetRequiredService<DlpLoraEngine>(), provider.GetService<TimeProvider>()));
        services.TryAddSingleton<IChatClient>(provider => provider.GetRequiredService<DlpLoraChatClient>());
        return services;
    }

    /// <summary>Adds an engine with its defaults for a model folder. See <see cref="AddDlpLora(IServiceCollection, Action{DlpLoraServiceOptions})"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="modelFolder">The model folder.</param>
    /// <param name="configure">Sets the engine's options; null for the defaults.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDlpLora(this IServiceCollection services, string modelFolder, Action<DlpLoraOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        return services.AddDlpLora(options =>
        {
            options.ModelFolder = modelFolder;
            configure?.Invoke(options.Engine);
        });
    }

    /// <summary>Adds one of several engines, by a key: keyed singletons of the same types as the unkeyed ones.</summary>
    /// <param name="services">The services.</param>
    /// <param name="key">The key, which is also the name of its options.</param>
    /// <param name="configure">Sets the options; <see cref="DlpLoraServiceOptions.ModelFolder"/> is required. They are validated at start.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddKeyedDlpLora(this IServiceCollection services, string key, Action<DlpLoraServiceOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(configure);
        AddOptions(services, key, key, configure);
        services.TryAddKeyedSingleton(key, (provider, _) => Load(provider, key));
        services.TryAddKeyedSingleton(
            key, (provider, _) => new DlpLoraChatClient(provider.GetRequiredKeyedService<DlpLoraEngine>(key), provider.GetService<TimeProvider>()));
        services.TryAddKeyedSingleton<IChatClient>(key, (provider, _) => provider.GetRequiredKeyedService<DlpLoraChatClient>(key));
        return services;
    }

    private static void AddOptions(IServiceCollection services, string name, string? key, Action<DlpLoraServiceOptions> configure)
    {
        services.AddOptions<DlpLoraServiceOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DlpLoraServiceOptions>, DlpLoraServiceOptionsValidator>());
        services.AddSingleton<IHostedService>(provider => new EngineLoader(provider, name, key));
    }

    private static DlpLoraEngine Load(IServiceProvider provider, string name)
    {
        DlpLoraServiceOptions options = provider.GetRequiredService<IOptionsMonitor<DlpLoraServiceOptions>>().Get(name);
        DlpLoraOptions engine = options.Engine.Copy();
        engine.LoggerFactory ??= provider.GetService<ILoggerFactory>();
        return DlpLoraEngine.Load(options.ModelFolder, engine, CancellationToken.None);
    }
}
