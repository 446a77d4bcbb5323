using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DlpLora.Runtime.DependencyInjection;

/// <summary>Loads an engine while the host starts.</summary>
internal sealed class EngineLoader(IServiceProvider services, string name, object? key) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!services.GetRequiredService<IOptionsMonitor<DlpLoraServiceOptions>>().Get(name).LoadAtStart)
        {
            return Task.CompletedTask;
        }

        // Loading reads hundreds of megabytes: not on the thread that starts the host.
        return Task.Factory.StartNew(
            () => key is null ? services.GetRequiredService<DlpLoraEngine>() : services.GetRequiredKeyedService<DlpLoraEngine>(key),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
