using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Diagnostics;

/// <summary>Whether ONNX Runtime's native library is there.</summary>
internal static class OnnxNative
{
    public const string Library = "onnxruntime";
    public const string Package = "Microsoft.ML.OnnxRuntime";

    /// <summary>The native library's version.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <exception cref="NativeLibraryException">It is not there, or does not load.</exception>
    public static void EnsureLoaded()
    {
        if (TryLoad() is { } error)
        {
            throw new NativeLibraryException(Library, Package, RuntimeInformation.RuntimeIdentifier, SearchedPaths(), error);
        }
    }

    /// <summary>Loads the library; returns why it failed, or null.</summary>
    public static Exception? TryLoad()
    {
        try
        {
            _ = OrtEnv.Instance();
            return null;
        }
        catch (Exception error) when (Unwrap(error) is { } cause)
        {
            return cause;
        }
    }

    /// <summary>The files that .NET and this process try, in their order.</summary>
    public static IReadOnlyList<string> SearchedPaths()
    {
        string file = OperatingSystem.IsWindows() ? "onnxruntime.dll" : OperatingSystem.IsMacOS() ? "libonnxruntime.dylib" : "libonnxruntime.so";
        List<string> folders = [];
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string known)
        {
            folders.AddRange(known.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        }

        folders.Add(AppContext.BaseDirectory);
        folders.Add(Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"));
        return [.. folders.Select(f => Path.Combine(f, file)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The loader's own error inside what the managed package's static constructors wrap around it; null for any other error.</summary>
    private static Exception? Unwrap(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                return cause;
            }
        }

        return null;
    }
}
