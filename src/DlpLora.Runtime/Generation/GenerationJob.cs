using System.Diagnostics;
using System.Threading.Channels;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// A request on its way: waiting, being computed, done. What goes wrong in it is kept and handed out by <see cref="Complete"/>; its
/// continuations never run on the engine's thread.
/// </summary>
internal sealed class GenerationJob : IDisposable
{
    private readonly TaskCompletionSource<GenerationResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly CancellationToken _cancellation;
    private readonly Channel<GenerationUpdate>? _updates;
    private readonly GenerationRun _run;
    private GenerationResult? _result;
    private Exception? _error;
    private volatile bool _begun;
    private bool _prepared;
    private bool _foreseen;

    public GenerationJob(EngineParts parts, GenerationRequest request, bool streamed, CancellationToken cancellation)
    {
        _parts = parts;
        Request = request;
        _cancellation = cancellation;

        // At most one update a token and one more; the answer's length bounds it.
        _updates = streamed ? Channel.CreateUnbounded<GenerationUpdate>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true }) : null;
        Action<GenerationUpdate>? publish = _updates is null ? null : update => _updates.Writer.TryWrite(update);
        _run = new GenerationRun(parts, request, publish, Stopwatch.GetTimestamp(), cancellation);
    }

    public GenerationRequest Request { get; }

    public Task<GenerationResult> Completion => _completion.Task;

    public CancellationToken Cancellation => _cancellation;

    /// <summary>The pieces of a streamed answer; completed with the job's error.</summary>
    public ChannelReader<GenerationUpdate> Updates => _updates!.Reader;

    /// <summary>Whether it is done or has failed.</summary>
    public bool Ended => _result is not null || _error is not null;

    public bool Prefilling => _run.Prefilling;

    public int Unread => _run.Unread;

    public int NextToken => _run.NextToken;

    public Mixture InForce => _run.InForce;

    public RequestMixtures Mixtures => _run.Mixtures;

    /// <summary>What its row holds, of so many tokens; null where that is of no use to anybody: a fault may have left what nobody knows.</summary>
    public KvContent? Held(int length) => _error is null or OperationCanceledException ? _run.Held(length) : null;

    /// <summary>What its row is to hold before the prompt is read; null once that has begun.</summary>
    public KvContent? Wanted => _run.Wanted;

    /// <summary>Says that its row holds the first tokens of <see cref="Wanted"/> already.</summary>
    public void Skip(int tokens) => _run.Skip(tokens);

    /// <summary>Whether its adapters are being loaded and its mixtures compressed on another thread; written by that one.</summary>
    public bool IsForeseen
    {
        get => Volatile.Read(ref _foreseen);
        set => Volatile.Write(ref _foreseen, value);
    }

    /// <summary>Whether the engine's thread has taken it up: what is loaded for it elsewhere from then on is loaded twice.</summary>
    public bool Begun => _begun;

    /// <summary>How many parts of other prompts were read since one of its own was.</summary>
    public int Passed { get; set; }

    /// <summary>Whether it was cancelled; then it has ended.</summary>
    public bool IsCancelled()
    {
        if (_cancellation.IsCancellationRequested && !Ended)
        {
            _error = new OperationCanceledException(_cancellation);
        }

        return _error is OperationCanceledException;
    }

    /// <summary>Plans the request and takes hold of its adapters, unless that is done.</summary>
    /// <returns>Whether it can go on.</returns>
    public bool Prepare()
    {
        _begun = true;
        try
        {
            if (!_prepared)
            {
                _run.Prepare();
                _prepared = true;
            }

            return true;
        }
        catch (Exception error)
        {
            Fault(error);
            return false;
        }
    }

    /// <summary>Gives the request a row.</summary>
    /// <returns>False when there is no memory for it now, null when it has ended instead.</returns>
    public bool? TryAdmit(KvRows rows)
    {
        if (IsCancelled())
        {
            return null;
        }

        try
        {
            KvContent? wanted = _parts.Options.PrefixReuse ? _run.Wanted : null;
            if (!rows.TryAdd(_run.PromptTokens, _run.Capacity, wanted, out KvContent? found))
            {
                return false;
            }

            _run.Admitted(found);
            return true;
        }
        catch (Exception error)
        {
            Fault(error);
            return null;
        }
    }

    /// <summary>Reads a part of its prompt.</summary>
    /// <returns>Whether it goes on.</returns>
    public bool Read(KvRows rows, int row, int limit)
    {
        try
        {
            _run.Read(rows, row, limit);
            FinishIfDone();
        }
        catch (Exception error)
        {
            Fault(error);
        }

        return !Ended;
    }

    /// <summary>Picks a token from the logits of the last run, [vocabulary].</summary>
    public void Accept(Span<float> logits)
    {
        try
        {
            _run.Accept(logits);
            FinishIfDone();
        }
        catch (Exception error)
        {
            Fault(error);
        }
    }

    /// <summary>Runs its next token without the other rows, and picks one from the logits.</summary>
    public void DecodeAlone(KvRows rows, int row)
    {
        try
        {
            _run.DecodeAlone(rows, row);
            FinishIfDone();
        }
        catch (Exception error)
        {
            Fault(error);
        }
    }

    /// <summary>Runs its next token together with guesses of those to come, if it wants that and some are worth it.</summary>
    /// <returns>Whether it was done, or has failed.</returns>
    public bool TryDecodeAhead(KvRows rows, int row)
    {
        try
        {
            if (!_run.TryDecodeAhead(rows, row))
            {
                return false;
            }

            FinishIfDone();
        }
        catch (Exception error)
        {
            Fault(error);
        }

        return true;
    }

    /// <summary>Gives back what the request held.</summary>
    public void Dispose() => _run.Dispose();

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

    private void FinishIfDone()
    {
        if (_run.Done)
        {
            _result = _run.Finish();
        }
    }

    private void Fault(Exception error)
    {
        _error = error;
        if (error is OperationCanceledException && _cancellation.IsCancellationRequested)
        {
            return;
        }

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
}
