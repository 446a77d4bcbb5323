namespace DlpLora.Runtime.Generation;

/// <summary>
/// Computes jobs on its own threads, so many at a time, first come first served. Up to a limit others wait; one that is cancelled while
/// it waits leaves at once.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class GenerationScheduler
{
    private readonly object _lock = new();
    private readonly LinkedList<GenerationJob> _waiting = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _workers;
    private readonly int _queueLimit;
    private int _started;
    private int _idle;
    private int _running;
    private bool _closed;

    public GenerationScheduler(int workers, int queueLimit)
    {
        _workers = workers;
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
            if (_running + _waiting.Count >= _workers + _queueLimit)
            {
                throw new QueueFullException(_queueLimit);
            }

            // The thread first: where the system refuses one, the job has not been taken.
            if (_idle <= _waiting.Count && _started < _workers)
            {
                new Thread(Work) { IsBackground = true, Name = "DlpLora generation" }.Start();
                _started++;
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
            if (_started == 0)
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
            GenerationJob job;
            lock (_lock)
            {
                _idle++;
                while (_waiting.First is null && !_closed)
                {
                    Monitor.Wait(_lock);
                }

                _idle--;
                if (_waiting.First is not { } first)
                {
                    _started--;
                    if (_started == 0)
                    {
                        _drained.TrySetResult();
                    }

                    return;
                }

                job = first.Value;
                _waiting.RemoveFirst();
                _running++;
            }

            job.Run();
            lock (_lock)
            {
                _running--;
            }

            job.Complete();
        }
    }
}
