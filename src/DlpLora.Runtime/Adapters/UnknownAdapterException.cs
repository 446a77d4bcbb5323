namespace DlpLora.Runtime.Adapters;

/// <summary>A name that no adapter of the registry has. The library never falls back to another adapter or to the base by itself.</summary>
public sealed class UnknownAdapterException : DlpLoraException
{
    private const int Listed = 50;

    /// <summary>Creates the error.</summary>
    /// <param name="name">The name that was asked for.</param>
    /// <param name="known">The names that there are.</param>
    public UnknownAdapterException(string name, IReadOnlyList<string> known)
        : base(Describe(name, known))
    {
        Name = name;
        Known = known;
    }

    /// <summary>The name that was asked for.</summary>
    public string Name { get; }

    /// <summary>The names that there are, sorted.</summary>
    public IReadOnlyList<string> Known { get; }

    private static string Describe(string name, IReadOnlyList<string> known)
    {
        if (known.Count == 0)
        {
            return $"no adapter is named '{name}': no adapter is registered";
        }

        string more = known.Count > Listed ? $" and {known.Count - Listed} more" : string.Empty;
        return $"no adapter is named '{name}'; there are: {string.Join(", ", known.Take(Listed))}{more}";
    }
}
