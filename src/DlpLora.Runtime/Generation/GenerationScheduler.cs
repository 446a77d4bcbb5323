namespace DlpLora.Runtime.Generation;

/// <summary>
/// Computes jobs on one thread of its own: so many at a time, each in its turn for one run of the model. Up to a limit others wait, first
/// come first served; one that is cancelled while it waits leaves at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GenerationScheduler
{
    private readonly object _lock = new();
    private readonly LinkedList<GenerationJob> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _rows;
    private readonly int _queueLimit;

    /// <summary>The engine's thread's own: prepared jobs, those that run first, then at most one that waits for KV memory.</summary>
    private readonly List<GenerationJob> _active = [];

    private bool _started;
    private int _running;
    private bool _closed;

    /// <param name="rows">How many jobs are computed at a time.</param>
    /// <param name="queueLimit">How many may wait.</param>
    public GenerationScheduler(int rows, int queueLimit)
    {
        _rows = rows;
        _queueLimit = queueLimit;
    }

    /// <summary>Hands a job over.</summary>
    /// <exception cref="QueueFullException">Too many jobs wait.</exception>
    /// <exception cref="ObjectDisposedException">The scheduler is closed.</exception>
    public void Submit(GenerationJob job)
    {
        LinkedListNode<GenerationJob> node = new(job);
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

            _waiting.AddLast(node);
            Monitor.Pulse(_lock);
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
    public Task CloseAsync()
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

        return _drained.Task;
    }

    private void Leave(LinkedListNode<GenerationJob> node)
    {
        lock (_lock)
        {
            if (node.List is null)
            {
                // It runs or has run; the run itself looks at the token.
                return;
            }

            _waiting.Remove(node);
        }

        node.Value.Fail(new OperationCanceledException(node.Value.Cancellation));
    }

    private void Work()
    {
        while (true)
        {
            Join();
            if (_active.Count == 0)
            {
                if (!WaitForWork())
                {
                    _drained.TrySetResult();
                    return;
                }

                continue;
            }

            for (int i = 0; i < _active.Count; i++)
            {
                if (_active[i].Admitted && !_active[i].Step())
                {
                    End(_active[i]);
                    _active.RemoveAt(i--);
                }
            }
        }
    }

    /// <summary>Lets waiting jobs in while there is a place and memory for them.</summary>
    private void Join()
    {
        while (true)
        {
            GenerationJob? job = _active.Count > 0 && !_active[^1].Admitted ? _active[^1] : null;
            if (job is null)
            {
                job = TakeWaiting();
                if (job is null)
                {
                    return;
                }

                if (!job.Prepare())
                {
                    End(job);
                    continue;
                }

                _active.Add(job);
            }

            if (!job.Admit())
            {
                _active.RemoveAt(_active.Count - 1);
                End(job);
            }
            else if (!job.Admitted)
            {
                return;
            }
        }
    }

    private GenerationJob? TakeWaiting()
    {
        if (_active.Count == _rows)
        {
            return null;
        }

        lock (_lock)
        {
            if (_waiting.First is not { } first)
            {
                return null;
            }

            _waiting.RemoveFirst();
            _running++;
            return first.Value;
        }
    }

    /// <summary>Sleeps until there is a job; false when there will be none.</summary>
    private bool WaitForWork()
    {
        lock (_lock)
        {
            while (_waiting.First is null && !_closed)
            {
                Monitor.Wait(_lock);
            }

            return _waiting.First is not null;
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
