using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Adapters;

/// <summary>One generation of a registered adapter. A name that is added again gets a new entry; requests in flight keep theirs.</summary>
internal sealed class AdapterEntry(string name, string folder, long generation)
{
    private readonly Lock _loading = new();
    private AdapterWeights? _weights;
    private bool _retired;
    private string? _digest;
    private FolderStamp? _stamp;

    public string Name => name;

    /// <summary>When the entry was last asked for, in the registry's own count.</summary>
    public long LastUse { get; set; }

    public AdapterInfo Describe()
    {
        AdapterWeights? weights = Volatile.Read(ref _weights);
        return new AdapterInfo
        {
            Name = name,
            Folder = folder,
            Generation = generation,
            IsResident = weights is not null,
            Rank = LastRank == 0 ? null : LastRank,
            Bytes = LastRank == 0 ? null : LastBytes,
            Digest = Volatile.Read(ref _digest),
        };
    }

    /// <summary>Bytes in memory that only the registry holds on to, and that evicting would free; 0 while a request uses them.</summary>
    public long IdleBytes => Volatile.Read(ref _weights) is { Owners: 1 } weights ? weights.ByteLength : 0;

    public long ResidentBytes => Volatile.Read(ref _weights)?.ByteLength ?? 0;

    private int LastRank { get; set; }

    private long LastBytes { get; set; }

    /// <summary>The weights with one owner added, read from the folder if need be. Several callers at once read them once.</summary>
    public AdapterWeights Acquire(ModelManifest model, WeightElement element)
    {
        lock (_loading)
        {
            if (_weights is { } resident && resident.TryAddOwner())
            {
                return resident;
            }

            // Read before the files are: what is written meanwhile changes the stamp of the next time. Hashing takes longer than all the rest.
            FolderStamp stamp = FolderStamp.Of(folder);
            string? known = _stamp == stamp ? _digest : null;
            AdapterWeights loaded;
            using (PeftAdapter adapter = PeftAdapter.Open(folder, model))
            {
                loaded = adapter.Load(element, known);
            }

            if (_digest is not null && _digest != loaded.Digest)
            {
                loaded.Release();
                throw new InvalidFileException(folder, string.Empty, $"has changed since adapter '{name}' was first used; add it again to use the new weights");
            }

            Volatile.Write(ref _digest, loaded.Digest);
            _stamp = stamp;
            LastRank = loaded.Rows;
            LastBytes = loaded.ByteLength;
            if (!_retired)
            {
                bool added = loaded.TryAddOwner();
                System.Diagnostics.Debug.Assert(added, "the creator owns it");
                Volatile.Write(ref _weights, loaded);
            }

            return loaded;
        }
    }

    /// <summary>Lets go of the weights; a request that uses them keeps them until it ends.</summary>
    /// <param name="forGood">Whether the entry left the registry, so that a late load is not kept.</param>
    public void Evict(bool forGood)
    {
        lock (_loading)
        {
            _retired |= forGood;
            AdapterWeights? weights = _weights;
            Volatile.Write(ref _weights, null);
            weights?.Release();
        }
    }
}
