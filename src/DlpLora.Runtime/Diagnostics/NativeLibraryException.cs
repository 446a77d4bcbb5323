namespace DlpLora.Runtime.Diagnostics;

/// <summary>A native library that this library stands on was not found or did not load.</summary>
public sealed class NativeLibraryException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="library">The library's name.</param>
    /// <param name="package">The package that brings it.</param>
    /// <param name="runtimeIdentifier">The platform of this process, as in <c>linux-x64</c>.</param>
    /// <param name="searchedPaths">Where it was looked for.</param>
    /// <param name="innerException">What the loader said.</param>
    public NativeLibraryException(
        string library, string package, string runtimeIdentifier, IReadOnlyList<string> searchedPaths, Exception? innerException = null)
        : base(Describe(library, package, runtimeIdentifier, searchedPaths, innerException), innerException)
    {
        Library = library;
        Package = package;
        RuntimeIdentifier = runtimeIdentifier;
        SearchedPaths = searchedPaths;
    }

    /// <summary>The library's name, without prefix and extension.</summary>
    public string Library { get; }

    /// <summary>The package that brings it.</summary>
    public string Package { get; }

    /// <summary>The platform of this process.</summary>
    public string RuntimeIdentifier { get; }

    /// <summary>Where it was looked for.</summary>
    public IReadOnlyList<string> SearchedPaths { get; }

    private static string Describe(string library, string package, string runtimeIdentifier, IReadOnlyList<string> searchedPaths, Exception? error) =>
        $"the native library '{library}' for {runtimeIdentifier} did not load: add the package {package} to the application, and publish for "
        + $"{runtimeIdentifier}. Looked in: {string.Join(", ", searchedPaths)}{Reason(error)}";

    /// <summary>What the loader says beyond where it did not find the file: a missing dependency, a wrong architecture.</summary>
    private static string Reason(Exception? error)
    {
        string[] lines = (error?.Message ?? string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] telling = [.. lines.Where(l => l.Length > 1
            && !l.Contains("No such file", StringComparison.Ordinal) && !l.Contains("LD_DEBUG", StringComparison.Ordinal))];
        return telling.Length == 0 ? string.Empty : $". The loader says: {string.Join("; ", telling)}";
    }
}
