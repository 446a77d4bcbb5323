using System.Reflection;

namespace DlpLora.OnnxExport;

/// <summary>The version under which exports are recorded: a folder of another version is stale.</summary>
internal static class ExporterVersion
{
    /// <summary>Raised by hand with every change of what an export writes.</summary>
    private const int Format = 8;

    public static string Text { get; } =
        $"{typeof(ExporterVersion).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0"}-{Format}";
}
