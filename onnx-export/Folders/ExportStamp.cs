using System.Text.Json;
using System.Text.Json.Serialization;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Storage;

namespace DlpLora.OnnxExport.Folders;

/// <summary>What a model folder was made of: kept in it, so that an export can be left out when nothing changed.</summary>
/// <param name="Exporter">The exporter's version.</param>
/// <param name="Precision">The precision.</param>
/// <param name="Slots">The modules with slots.</param>
/// <param name="Source">Names, lengths and times of the source's files; no paths, so that a folder may move.</param>
internal sealed record ExportStamp(string Exporter, Precision Precision, SlotScope Slots, IReadOnlyList<SourceFileStamp> Source)
{
    public const string FileName = "dlplora.export.json";

    public static ExportStamp Of(string source, ExportOptions options)
    {
        string full = Path.GetFullPath(source);
        IEnumerable<string> files = Directory.Exists(full)
            ? Directory.EnumerateFiles(full).Where(f => f.EndsWith(".safetensors", StringComparison.Ordinal) || f.EndsWith(".json", StringComparison.Ordinal))
            : File.Exists(full) ? [full] : [];
        string folder = Directory.Exists(full) ? full : Path.GetDirectoryName(full)!;
        files = files.Concat(TokenizerFiles.Names.Select(name => Path.Combine(folder, name)).Where(File.Exists)).Distinct().Order(StringComparer.Ordinal);
        return new ExportStamp(
            ExporterVersion.Text,
            options.Precision,
            options.Slots,
            [.. files.Select(f => new FileInfo(f)).Select(f => new SourceFileStamp(f.Name, f.Length, f.LastWriteTimeUtc.Ticks))]);
    }

    /// <summary>Whether a folder was made of just this.</summary>
    public bool Matches(string folder)
    {
        try
        {
            string path = Path.Combine(folder, FileName);
            if (!File.Exists(path) || !File.Exists(Path.Combine(folder, ModelManifest.FileName)))
            {
                return false;
            }

            ExportStamp? other = JsonSerializer.Deserialize(File.ReadAllBytes(path), StampJson.Default.ExportStamp);
            return other is not null && other.Exporter == Exporter && other.Precision == Precision && other.Slots == Slots && other.Source.SequenceEqual(Source);
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            return false; // unreadable is stale
        }
    }

    public void Save(string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, StampJson.Default.ExportStamp) + "\n");
}

/// <summary>One file of a source.</summary>
internal sealed record SourceFileStamp(string Name, long Length, long Modified);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", UseStringEnumConverter = true, MaxDepth = 8)]
[JsonSerializable(typeof(ExportStamp))]
internal sealed partial class StampJson : JsonSerializerContext;
