using System.Diagnostics;
using System.Threading.Channels;
using DlpLora.Runtime.Backends;

namespace DlpLora.Runtime.Generation;

/// <summary>A request on its way: waiting, being computed, done. Its continuations never run on the engine's thread.</summary>
internal sealed class GenerationJob : IDisposable
{
    private readonly TaskCompletionSource<GenerationResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly CancellationToken _cancellation;
    private readonly Channel<GenerationUpdate>? _updates;
    private readonly long _submitted = Stopwatch.GetTimestamp();
    private GenerationRun? _run;
    private IDecoder? _decoder;
    private GenerationResult? _result;
    private Exception? _error;

    public GenerationJob(EngineParts parts, GenerationRequest request, bool streamed, CancellationToken cancellation)
    {
        _parts = parts;
        _request = request;
        _cancellation = cancellation;

        // At most one update a token and one more; the answer's length bounds it.
        _updates = streamed ? Channel.CreateUnbounded<GenerationUpdate>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }) : null;
    }

    public Task<GenerationResult> Completion => _completion.Task;

    public CancellationToken Cancellation => _cancellation;

    /// <summary>The pieces of a streamed answer; completed with the job's error.</summary>
    public ChannelReader<GenerationUpdate> Updates => _updates!.Reader;

    /// <summary>Tokens of KV cache that the request needs; known once <see cref="Prepare"/> succeeded.</summary>
    public int Capacity => _run!.Capacity;

    /// <summary>Plans the request and takes hold of its adapters.</summary>
    /// <returns>Whether it can go on; if not, it has failed. The same for the other steps.</returns>
    public bool Prepare() => Try(static job =>
    {
        Action<GenerationUpdate>? publish = job._updates is null ? null : update => job._updates.Writer.TryWrite(update);
        job._run = new GenerationRun(job._parts, job._request, publish, job._submitted, job._cancellation);
        job._run.Prepare();
    });

    /// <summary>Gives the request KV memory if there is room now; then it is <see cref="Admitted"/>.</summary>
    /// <returns>False when it has failed.</returns>
    public bool Admit() => Try(static job =>
    {
        job._cancellation.ThrowIfCancellationRequested();
        if (job._parts.Decoders.TryTake(job.Capacity) is { } decoder)
        {
            job._decoder = decoder;
            job._run!.Begin(decoder);
        }
    });

    /// <summary>Whether it has memory.</summary>
    public bool Admitted => _decoder is not null;

    /// <summary>Runs the model once.</summary>
    /// <returns>False once the request is done or has failed.</returns>
    public bool Step() => Try(static job =>
    {
        job._run!.Step(job._decoder!);
        if (job._run.Done)
        {
            job._result = job._run.Finish();
        }
    }) && _result is null;

    /// <summary>Gives back what the request held. Never throws.</summary>
    public void Dispose()
    {
        if (_decoder is not null)
        {
            // A cancellation is thrown between two runs of the model only.
            _parts.Decoders.Return(_decoder, keep: _error is null or OperationCanceledException);
            _decoder = null;
        }

        _run?.Dispose();
    }

    /// <summary>Hands out the result or the error. Apart from <see cref="Dispose"/>, so that whoever awaits an answer finds its place in the queue free.</summary>
    public void Complete()
    {
        if (_error is not null)
        {
            Fail(_error);
            return;
        }

        _updates?.Writer.TryComplete();
        _completion.TrySetResult(_result!);
    }

    private bool Try(Action<GenerationJob> step)
    {
        try
        {
            step(this);
            return true;
        }
        catch (OperationCanceledException error) when (_cancellation.IsCancellationRequested)
        {
            _error = error;
        }
        catch (Exception error)
        {
            _error = error;
            Log(error);
        }

        return false;
    }

    private void Log(Exception error)
    {
        try
        {
            _parts.Log.Failed(error);
        }
        catch (Exception fault)
        {
            // A logger's own fault must not end the engine's thread, and with it the process.
            _error = new AggregateException(error, fault);
        }
    }

    /// <summary>Ends a job that never ran.</summary>
    public void Fail(Exception error)
    {
        _updates?.Writer.TryComplete(error);
        if (error is OperationCanceledException)
        {
            _completion.TrySetCanceled(_cancellation);
        }
        else
        {
            _completion.TrySetException(error);
        }

        // A stream's reader gets the error from the channel; nobody may look at the task.
        _ = _completion.Task.Exception;
    }
}
