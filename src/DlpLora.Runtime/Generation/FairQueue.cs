namespace DlpLora.Runtime.Generation;

/// <summary>
/// Waiting requests: those of a higher priority first; of one priority the tenants in turn, one request each; of one tenant first come, first
/// served. So a tenant with many requests delays another by one at most.
/// </summary>
/// <remarks>Not thread-safe.</remarks>
internal sealed class FairQueue
{
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
        for (int priority = _lanes.Length - 1; priority >= 0; priority--)
        {
            if (_lanes[priority].Take() is { } job)
            {
                Count--;
                return job;
            }
        }

        return null;
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

    /// <summary>The jobs of one priority.</summary>
    private sealed class Lane
    {
        private readonly Dictionary<string, LinkedList<GenerationJob>> _byTenant = new(StringComparer.Ordinal);

        /// <summary>Tenants with waiting jobs; the first is next.</summary>
        private readonly LinkedList<string> _turns = new();

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

        public GenerationJob? Take()
        {
            if (_turns.First is not { } turn)
            {
                return null;
            }

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
            }

            return job;
        }

        public void Forget(string tenant)
        {
            _byTenant.Remove(tenant);
            _turns.Remove(tenant);
        }
    }
}
