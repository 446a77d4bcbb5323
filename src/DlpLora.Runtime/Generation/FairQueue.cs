namespace DlpLora.Runtime.Generation;

/// <summary>
/// Waiting requests: those of a higher priority first, but a priority that was passed <see cref="MostPassed"/> times is served once; of one priority the tenants
/// in turn, one request each; of one tenant first come, first served. So a tenant with many requests delays another by one at most, and no priority starves.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FairQueue
{
    /// <summary>How often higher priorities may pass one that has waiting requests. Counted, not timed: under any load a ninth of the turns is its own.</summary>
    private const int MostPassed = 8;

    /// <summary>By priority.</summary>
    private readonly Lane[] _lanes = [.. Enum.GetValues<RequestPriority>().Select(_ => new Lane())];

    public int Count { get; private set; }

    /// <summary>Adds a job behind its tenant's others.</summary>
    public LinkedListNode<GenerationJob> Add(GenerationJob job)
    {
        Count++;
        return _lanes[(int)job.Request.Priority].Add(job);
    }

    /// <summary>Takes the job whose turn it is; null when none waits.</summary>
    public GenerationJob? Take()
    {
        if (Count == 0)
        {
            return null;
        }

        int turn = Turn();
        for (int priority = 0; priority < turn; priority++)
        {
            _lanes[priority].Passed += _lanes[priority].IsEmpty ? 0 : 1;
        }

        _lanes[turn].Passed = 0;
        Count--;
        return _lanes[turn].Take();
    }

    /// <summary>Removes a job that waits.</summary>
    /// <returns>False when it was taken already.</returns>
    public bool Remove(LinkedListNode<GenerationJob> node)
    {
        if (node.List is not { } tenant)
        {
            return false;
        }

        tenant.Remove(node);
        if (tenant.Count == 0)
        {
            _lanes[(int)node.Value.Request.Priority].Forget(node.Value.Request.Tenant ?? string.Empty);
        }

        Count--;
        return true;
    }

    /// <summary>The highest priority that waits, unless others were passed too often: then the highest of those.</summary>
    private int Turn()
    {
        int highest = -1;
        for (int priority = _lanes.Length - 1; priority >= 0; priority--)
        {
            if (_lanes[priority].Passed >= MostPassed)
            {
                return priority;
            }

            highest = highest < 0 && !_lanes[priority].IsEmpty ? priority : highest;
        }

        return highest;
    }

    /// <summary>The jobs of one priority.</summary>
    private sealed class Lane
    {
        private readonly Dictionary<string, LinkedList<GenerationJob>> _byTenant = new(StringComparer.Ordinal);

        /// <summary>Tenants with waiting jobs; the first is next.</summary>
        private readonly LinkedList<string> _turns = new();

        public bool IsEmpty => _turns.First is null;

        /// <summary>How many jobs of higher priorities were taken since one of its own was, while it had some.</summary>
        public int Passed { get; set; }

        public LinkedListNode<GenerationJob> Add(GenerationJob job)
        {
            string tenant = job.Request.Tenant ?? string.Empty;
            if (!_byTenant.TryGetValue(tenant, out LinkedList<GenerationJob>? jobs))
            {
                _byTenant.Add(tenant, jobs = new LinkedList<GenerationJob>());
                _turns.AddLast(tenant);
            }

            return jobs.AddLast(job);
        }

        /// <summary>Takes the next tenant's first job; there must be one.</summary>
        public GenerationJob Take()
        {
            LinkedListNode<string> turn = _turns.First!;
            LinkedList<GenerationJob> jobs = _byTenant[turn.Value];
            GenerationJob job = jobs.First!.Value;
            jobs.RemoveFirst();
            _turns.RemoveFirst();
            if (jobs.Count > 0)
            {
                _turns.AddLast(turn);
            }
            else
            {
                _byTenant.Remove(turn.Value);
                Passed = IsEmpty ? 0 : Passed;
            }

            return job;
        }

        public void Forget(string tenant)
        {
            _byTenant.Remove(tenant);
            _turns.Remove(tenant);
            Passed = IsEmpty ? 0 : Passed;
        }
    }
}
