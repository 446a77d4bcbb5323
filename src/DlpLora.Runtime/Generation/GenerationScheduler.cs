namespace DlpLora.Runtime.Generation;

/// <summary>
/// Computes jobs on one thread of its own, so many at a time, as a batch that they join and leave between two steps. Up to a limit others
/// wait, served by priority and fairly between tenants; one that is cancelled while it waits leaves at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GenerationScheduler
{
    /// <summary>How long nothing is asked before memory is given back: the first request after it makes it anew, which takes less than a token.</summary>
    private static readonly TimeSpan RestAfter = TimeSpan.FromSeconds(10);

    private readonly object _lock = new();
    private readonly FairQueue _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineParts _parts;
    private readonly Foresight _foresight;
    private readonly int _rows;
    private readonly int _queueLimit;
    private bool _started;
    private int _running;
    private bool _closed;

    public GenerationScheduler(EngineParts parts)
    {
        _parts = parts;
        _foresight = new Foresight(parts);
        _rows = parts.Options.MaxConcurrentGenerations;
        _queueLimit = parts.Options.QueueLimit;
    }

    /// <summary>Hands a job over.</summary>
    /// <exception cref="QueueFullException">Too many jobs wait.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is closed.</exception>
    public void Submit(GenerationJob job)
    {
        LinkedListNode<GenerationJob> node;
        bool busy;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(DlpLoraEngine));
            if (_running + _waiting.Count >= _rows + _queueLimit)
            {
                throw new QueueFullException(_queueLimit);
            }

            // The thread first: where the system refuses one, the job has not been taken.
            if (!_started)
            {
                new Thread(Work) { IsBackground = true, Name = "DlpLora generation" }.Start();
                _started = true;
            }

            busy = _running + _waiting.Count > 0;
            job.IsForeseen = busy && _parts.Compressor is not null;
            node = _waiting.Add(job);
            Monitor.Pulse(_lock);
        }

        if (busy)
        {
            _foresight.Expect(job);
        }

        if (job.Cancellation.CanBeCanceled)
        {
            CancellationTokenRegistration registration = job.Cancellation.UnsafeRegister(_ => Leave(node), null);
            _ = job.Completion.ContinueWith(
                static (_, state) => ((CancellationTokenRegistration)state!).Dispose(),
                registration,
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default);
        }
    }

    /// <summary>Takes no more jobs; ends when those that run or wait are done.</summary>
    public async Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            Monitor.PulseAll(_lock);
            if (!_started)
            {
                _drained.TrySetResult();
            }
        }

        await _drained.Task.ConfigureAwait(false);
        await _foresight.StopAsync().ConfigureAwait(false);
    }

    private void Leave(LinkedListNode<GenerationJob> node)
    {
        lock (_lock)
        {
            if (!_waiting.Remove(node))
            {
                // It runs or has run; the batch itself looks at the token.
                return;
            }
        }

        node.Value.Fail(new OperationCanceledException(node.Value.Cancellation));
    }

    private void Work()
    {
        Compute();
        _drained.TrySetResult();
    }

    private void Compute()
    {
        using GenerationBatch batch = new(_parts, End);
        GenerationJob? next = null;
        while (true)
        {
            next = Join(batch, next);
            if (batch.Count > 0)
            {
                batch.Step();
                continue;
            }

            if (!WaitForWork(RestAfter))
            {
                batch.Rest();
                WaitForWork(Timeout.InfiniteTimeSpan);
            }

            if (IsDrained())
            {
                return;
            }
        }
    }

    /// <summary>Lets waiting jobs in while there is a row and memory for them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="next">The job that waits for memory, or for its mixtures to be compressed; nobody passes it.</param>
    /// <returns>The job that now does.</returns>
    private GenerationJob? Join(GenerationBatch batch, GenerationJob? next)
    {
        while (batch.Count < _rows && (next ?? TakeWaiting()) is { } job)
        {
            next = null;
            if (batch.Count > 0 && job.IsForeseen)
            {
                // Compressing takes many steps' time: the others go on meanwhile.
                return job;
            }

            if (!job.Prepare())
            {
                End(job);
            }
            else if (!batch.TryJoin(job))
            {
                return job;
            }
        }

        return next;
    }

    private GenerationJob? TakeWaiting()
    {
        lock (_lock)
        {
            GenerationJob? job = _waiting.Take();
            _running += job is null ? 0 : 1;
            return job;
        }
    }

    /// <summary>Sleeps until there is a job or there will be none; false when neither came in time.</summary>
    private bool WaitForWork(TimeSpan time)
    {
        lock (_lock)
        {
            while (_waiting.Count == 0 && !_closed)
            {
                if (!Monitor.Wait(_lock, time))
                {
                    return false;
                }
            }

            return true;
        }
    }

    private bool IsDrained()
    {
        lock (_lock)
        {
            return _waiting.Count == 0 && _closed;
        }
    }

    private void End(GenerationJob job)
    {
        job.Dispose();
        lock (_lock)
        {
            _running--;
        }

        job.Complete();
    }
}
