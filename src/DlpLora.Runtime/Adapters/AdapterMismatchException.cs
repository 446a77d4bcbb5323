namespace DlpLora.Runtime.Adapters;

/// <summary>An adapter does not fit the model: wrong base, wrong shapes, modules without a slot. Every mismatch is listed.</summary>
public sealed class AdapterMismatchException : DlpLoraException
{
    private const int Shown = 8;

    /// <summary>Creates the error.</summary>
    /// <param name="folder">The adapter's folder.</param>
    /// <param name="mismatches">All that does not fit; at least one.</param>
    public AdapterMismatchException(string folder, IReadOnlyList<AdapterMismatch> mismatches)
        : base(Describe(folder, mismatches))
    {
        Folder = folder;
        Mismatches = mismatches;
    }

    /// <summary>The adapter's folder.</summary>
    public string Folder { get; }

    /// <summary>All that does not fit the model. The message shows the first few.</summary>
    public IReadOnlyList<AdapterMismatch> Mismatches { get; }

    private static string Describe(string folder, IReadOnlyList<AdapterMismatch> mismatches)
    {
        string more = mismatches.Count > Shown ? $"; and {mismatches.Count - Shown} more" : string.Empty;
        return $"{folder}: the adapter does not fit the model's slots, {mismatches.Count} mismatches: {string.Join("; ", mismatches.Take(Shown))}{more}";
    }
}
