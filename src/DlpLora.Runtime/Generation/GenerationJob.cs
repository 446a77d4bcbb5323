using System.Diagnostics;
using System.Threading.Channels;

namespace DlpLora.Runtime.Generation;

/// <summary>A request on its way: waiting, being computed, done. Its continuations never run on a worker's thread.</summary>
internal sealed class GenerationJob
{
    private readonly TaskCompletionSource<GenerationResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly CancellationToken _cancellation;
    private readonly Channel<GenerationUpdate>? _updates;
    private readonly long _submitted = Stopwatch.GetTimestamp();
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

    /// <summary>Computes the answer on the calling thread; <see cref="Complete"/> hands it out. Never throws.</summary>
    public void Run()
    {
        try
        {
            Action<GenerationUpdate>? publish = _updates is null ? null : update => _updates.Writer.TryWrite(update);
            _result = GenerationRun.Execute(_parts, _request, publish, Stopwatch.GetElapsedTime(_submitted), _cancellation);
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
    }

    /// <summary>Hands out what <see cref="Run"/> computed. Apart from it, so that whoever awaits an answer finds its place in the queue free.</summary>
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
