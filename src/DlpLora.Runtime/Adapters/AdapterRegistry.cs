using DlpLora.Runtime.Models;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Adapters;

/// <summary>
/// The adapters that a model can answer with. They are read on first use, stay in memory within a budget, and may be added, replaced and
/// removed while requests run.
/// </summary>
/// <remarks>
/// Thread-safe. A name stands for one immutable generation of an adapter: a request keeps the generations that it began with, also when
/// they are replaced, removed or evicted meanwhile, and their memory is freed when the last such request ends.
/// </remarks>
public sealed class AdapterRegistry
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, AdapterEntry> _entries = new(StringComparer.Ordinal);
    private readonly ModelManifest _model;
    private readonly long _budget;
    private readonly WeightElement _element;
    private long _generations;
    private long _uses;
    private long _version;

    /// <param name="model">The model's slots.</param>
    /// <param name="budget">Bytes of weights that are kept in memory.</param>
    /// <param name="element">The form of A and B that the loaded graph takes.</param>
    internal AdapterRegistry(ModelManifest model, long budget, WeightElement element = WeightElement.Single)
    {
        _model = model;
        _element = element;
        _budget = budget;
    }

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries.Keys];
            }
        }
    }

    /// <summary>Bytes of adapter weights that the registry keeps in memory now.</summary>
    public long ResidentBytes
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(e => e.ResidentBytes);
            }
        }
    }

    /// <summary>Another number after every change of the names.</summary>
    internal long Version => Volatile.Read(ref _version);

    /// <summary>Whether there is an adapter of this name.</summary>
    /// <param name="name">The name.</param>
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            return _entries.ContainsKey(name);
        }
    }

    /// <summary>All adapters, sorted by name.</summary>
    public IReadOnlyList<AdapterInfo> List()
    {
        lock (_lock)
        {
            return [.. _entries.Values.Select(e => e.Describe())];
        }
    }

    /// <summary>What is known of an adapter.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="UnknownAdapterException">There is no adapter of this name.</exception>
    public AdapterInfo Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        lock (_lock)
        {
            return Find(name).Describe();
        }
    }

    /// <summary>
    /// Adds an adapter, or replaces the one of this name. Its configuration and the headers of its tensors are checked first; when they do
    /// not fit, the registry stays as it was.
    /// </summary>
    /// <param name="name">Its name: 1 to 128 characters out of <c>A-Z a-z 0-9 . _ -</c>, and neither <c>.</c> nor <c>..</c>.</param>
    /// <param name="folder">Its PEFT folder. It is read at first use, and again after an eviction, so leave it alone while it is registered.</param>
    /// <exception cref="ArgumentException">The name is not allowed.</exception>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or asks for something that this runtime does not compute.</exception>
    /// <exception cref="AdapterMismatchException">The adapter does not fit the model's slots.</exception>
    public AdapterInfo Add(string name, string folder)
    {
        CheckName(name);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.GetFullPath(folder);
        PeftAdapter.Open(full, _model).Dispose();
        return Put(name, full);
    }

    /// <summary>
    /// Adds every folder in a folder under its own name, except names that are registered already, hidden folders, and names that are not
    /// allowed. Nothing is read yet: a bad adapter is an error for those who ask for it.
    /// </summary>
    /// <param name="folder">The folder with one PEFT folder an adapter; files in it are ignored.</param>
    /// <returns>The names that were added, sorted.</returns>
    /// <exception cref="InvalidFileException">The folder is missing or cannot be read.</exception>
    public IReadOnlyList<string> AddFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.GetFullPath(folder);
        List<string> added = [];
        try
        {
            foreach (string path in Directory.EnumerateDirectories(full).Order(StringComparer.Ordinal))
            {
                string name = Path.GetFileName(path);
                if (name[0] != '.' && SafeName.IsValid(name) && !Contains(name))
                {
                    Put(name, path);
                    added.Add(name);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(full, string.Empty, $"could not be listed ({error.Message}); expected a folder with one PEFT folder an adapter", error);
        }

        return added;
    }

    /// <summary>Removes an adapter. Requests in flight that use it finish with it.</summary>
    /// <param name="name">The name.</param>
    /// <returns>False when there is no adapter of this name.</returns>
    public bool Remove(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        AdapterEntry? entry;
        lock (_lock)
        {
            if (!_entries.Remove(name, out entry))
            {
                return false;
            }

            _version++;
        }

        entry.Evict(forGood: true);
        return true;
    }

    /// <summary>Reads an adapter into memory now instead of at its first use. Reads on the caller's thread.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="UnknownAdapterException">There is no adapter of this name.</exception>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or holds NaN.</exception>
    /// <exception cref="AdapterMismatchException">The adapter does not fit the model's slots.</exception>
    public AdapterInfo Preload(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Acquire(name).Release();
        return Get(name);
    }

    /// <summary>The adapter's weights with one owner added; the caller releases them.</summary>
    internal AdapterWeights Acquire(string name)
    {
        AdapterEntry entry;
        lock (_lock)
        {
            entry = Find(name);
            entry.LastUse = ++_uses;
        }

        AdapterWeights weights = entry.Acquire(_model, _element);
        Trim();
        return weights;
    }

    internal void Clear()
    {
        List<AdapterEntry> entries;
        lock (_lock)
        {
            entries = [.. _entries.Values];
            _entries.Clear();
            _version++;
        }

        entries.ForEach(e => e.Evict(forGood: true));
    }

    private static void CheckName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!SafeName.IsValid(name))
        {
            throw new ArgumentException(
                $"'{name}' is not an adapter's name; expected 1 to {SafeName.MaximumLength} characters out of A-Z a-z 0-9 . _ - and neither '.' nor '..'.", nameof(name));
        }
    }

    private AdapterInfo Put(string name, string folder)
    {
        AdapterEntry entry;
        AdapterEntry? old;
        lock (_lock)
        {
            _entries.TryGetValue(name, out old);
            entry = new AdapterEntry(name, folder, ++_generations);
            _entries[name] = entry;
            _version++;
        }

        old?.Evict(forGood: true);
        return entry.Describe();
    }

    private AdapterEntry Find(string name) =>
        _entries.TryGetValue(name, out AdapterEntry? entry) ? entry : throw new UnknownAdapterException(name, [.. _entries.Keys]);

    /// <summary>Evicts the least recently used adapters that no request uses, until the rest is within the budget. Asked for whenever a request ends.</summary>
    internal void Trim()
    {
        List<AdapterEntry> evicted = [];
        lock (_lock)
        {
            long resident = _entries.Values.Sum(e => e.ResidentBytes);
            if (resident <= _budget)
            {
                return;
            }

            foreach (AdapterEntry entry in _entries.Values.OrderBy(e => e.LastUse))
            {
                long idle = resident > _budget ? entry.IdleBytes : 0;
                if (idle > 0)
                {
                    evicted.Add(entry);
                    resident -= idle;
                }
            }
        }

        evicted.ForEach(e => e.Evict(forGood: false));
    }
}
