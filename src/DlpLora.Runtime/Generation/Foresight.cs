using System.Threading.Channels;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// Loads and stacks the adapters of requests that wait, and compresses their mixtures, while others are computed, so that the engine's thread finds them in memory. What is loaded lies in
/// the registry's and the fusion cache's budgets; what fails is left to the request itself.
/// </summary>
/// <remarks>Thread-safe. One task of the pool, so that it takes at most one core from those that compute.</remarks>
internal sealed class Foresight
{
    /// <summary>Requests beyond this many are not foreseen: they wait long enough to be looked at by nobody.</summary>
    private const int Limit = 64;

    private readonly Channel<GenerationJob> _jobs = Channel.CreateBounded<GenerationJob>(
        new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true },
        static dropped => dropped.IsForeseen = false);

    private readonly EngineParts _parts;
    private readonly Lazy<Task> _work;

    public Foresight(EngineParts parts)
    {
        _parts = parts;
        _work = new Lazy<Task>(() => Task.Run(WorkAsync));
    }

    /// <summary>Says that a job waits. Returns at once and throws nothing.</summary>
    public void Expect(GenerationJob job)
    {
        if (_jobs.Writer.TryWrite(job))
        {
            _ = _work.Value;
        }
        else
        {
            job.IsForeseen = false;
        }
    }

    /// <summary>Ends after the jobs that were expected and still wait; others, computed already among them, are passed over.</summary>
    public Task StopAsync()
    {
        _jobs.Writer.TryComplete();
        return _work.Value;
    }

    private async Task WorkAsync()
    {
        await foreach (GenerationJob job in _jobs.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!job.Begun && !job.Completion.IsCompleted && !job.Cancellation.IsCancellationRequested)
            {
                Load(job.Request, job.Cancellation);
            }

            job.IsForeseen = false;
        }
    }

    private void Load(GenerationRequest request, CancellationToken cancellation)
    {
        try
        {
            using RequestMixtures held = new(_parts.Adapters, _parts.Fusion, _parts.Compressor);
            if (request.Mixture is { } pinned)
            {
                held.Prepare([pinned], cancellation);
                held.Select(pinned);
                return;
            }

            foreach (PreparedPrompt prompt in PromptPlanner.Plan(_parts, request, held))
            {
                held.Prepare(prompt.Mixtures, cancellation);
                held.Select(prompt.Mixtures);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
        catch (Exception error)
        {
            Log(error);
        }
    }

    private void Log(Exception error)
    {
        try
        {
            _parts.Log.NotForeseen(error);
        }
        catch (Exception)
        {
            // A logger's own fault must not keep the engine from closing.
        }
    }
}
