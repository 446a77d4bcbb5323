namespace DlpLora.Runtime.Native;

/// <summary>Something native that several owners share: it is freed when the last of them lets go.</summary>
/// <remarks>Thread-safe. The creator is the first owner.</remarks>
internal abstract class RefCounted
{
    private int _owners = 1;

    /// <summary>How many owners there are now. Another thread may change it at any time, except under the lock of the cache that hands it out.</summary>
    public int Owners => Volatile.Read(ref _owners);

    /// <summary>Adds an owner, unless the last one has let go already.</summary>
    public bool TryAddOwner()
    {
        int owners = Volatile.Read(ref _owners);
        while (owners > 0)
        {
            int seen = Interlocked.CompareExchange(ref _owners, owners + 1, owners);
            if (seen == owners)
            {
                return true;
            }

            owners = seen;
        }

        return false;
    }

    /// <summary>Lets go. The last owner frees.</summary>
    public void Release()
    {
        int left = Interlocked.Decrement(ref _owners);
        if (left == 0)
        {
            Free();
        }
        else if (left < 0)
        {
            throw new InvalidOperationException($"{GetType().Name} was released more often than it was taken.");
        }
    }

    protected abstract void Free();
}
