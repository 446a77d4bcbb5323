using System.Runtime.InteropServices;
using System.Text.Json;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>The part of the router's file that is about added labels: absent where there are none, and no rows to weigh them against.</summary>
internal static class AddedLabelsFile
{
    private const string Vectors = "added.vectors";
    private const string Factors = "added.factors";
    private const string Words = "added.words";
    private const string Weights = "added.weights";
    private const string WordCounts = "added.word_counts";
    private const string ReplayFeatures = "replay.features";
    private const string ReplayTexts = "replay.texts";
    private const string TwinsKey = "twins";

    private static readonly string[] AddedNames = [Vectors, Factors, Words, Weights, WordCounts];
    private static readonly string[] ReplayNames = [ReplayFeatures, ReplayTexts];

    public static void Write(SafetensorsWriter writer, RouterModel model)
    {
        AddedLabel[] added = model.Added.Labels;
        if (added.Length > 0)
        {
            writer.Add(Vectors, SafetensorsDataType.I8, Bytes<sbyte>(added.SelectMany(l => l.Vector)), added.Length, PrototypeHead.Width(model.Recipe));
            writer.Add(Factors, [.. added.SelectMany(l => (float[])[l.Scale, l.Bias, l.WordScale])], added.Length, 3);
            writer.Add(WordCounts, SafetensorsDataType.I32, Bytes<int>(added.Select(l => l.Words.Length)), added.Length);
            writer.Add(Words, SafetensorsDataType.I32, Bytes<uint>(added.SelectMany(l => l.Words)), added.Sum(l => l.Words.Length));
            writer.Add(Weights, SafetensorsDataType.I8, Bytes<sbyte>(added.SelectMany(l => l.Weights)), added.Sum(l => l.Words.Length));
        }

        ReplayRow[] replay = [.. model.Replay.Rows];
        if (replay.Length > 0)
        {
            writer.Add(ReplayFeatures, SafetensorsDataType.I32, Bytes<uint>(replay.SelectMany(r => r.Features)), replay.Sum(r => r.Features.Length));
            writer.Add(ReplayTexts, SafetensorsDataType.I32, Bytes<int>(replay.SelectMany(r => (int[])[r.Label, r.Features.Length, r.Length])), replay.Length, 3);
        }

        if (model.Twins.Length > 0)
        {
            string[][] names = [.. model.Twins.Select(g => g.Select(i => model.Labels[i]).ToArray())];
            writer.AddMetadata(TwinsKey, JsonSerializer.Serialize(names, RouterJson.Default.StringArrayArray));
        }
    }

    /// <summary>How many of the file's tensors are this part's.</summary>
    public static int CountTensors(SafetensorsFile file) => AddedNames.Concat(ReplayNames).Count(file.Tensors.ContainsKey);

    /// <summary>The added labels; the file's numbers were counted before.</summary>
    /// <param name="file">The file.</param>
    /// <param name="width">The length of a prototype.</param>
    /// <param name="labels">All labels.</param>
    public static PrototypeHead Read(SafetensorsFile file, int width, int labels)
    {
        if (!AddedNames.Any(file.Tensors.ContainsKey))
        {
            return PrototypeHead.Empty;
        }

        SafetensorsTensor vectors = RouterFile.Find(file, Vectors);
        int count = vectors.Shape.Count == 2 && vectors.Shape[0] > 0 && vectors.Shape[0] <= labels
            ? (int)vectors.Shape[0]
            : throw new InvalidFileException(file.Path, Vectors, $"is [{string.Join(", ", vectors.Shape)}]; expected 1 to {labels} rows of {width}");
        RouterFile.Shape(file, Vectors, SafetensorsDataType.I8, count, width);
        float[] factors = RouterFile.Finite(file, Factors, count, 3);
        RouterFile.Shape(file, WordCounts, SafetensorsDataType.I32, count);
        ReadOnlySpan<int> wordCounts = MemoryMarshal.Cast<byte, int>(file.GetBytes(WordCounts));
        int total = Total(file, WordCounts, wordCounts, least: 0);
        RouterFile.Shape(file, Words, SafetensorsDataType.I32, total);
        RouterFile.Shape(file, Weights, SafetensorsDataType.I8, total);
        ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(file.GetBytes(Vectors));
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(file.GetBytes(Words));
        ReadOnlySpan<sbyte> weights = MemoryMarshal.Cast<byte, sbyte>(file.GetBytes(Weights));
        AddedLabel[] added = new AddedLabel[count];
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            int own = wordCounts[i];
            added[i] = new AddedLabel(
                values.Slice(i * width, width).ToArray(),
                factors[3 * i],
                factors[(3 * i) + 1],
                words.Slice(start, own).ToArray(),
                weights.Slice(start, own).ToArray(),
                factors[(3 * i) + 2]);
            start += own;
        }

        return new PrototypeHead(width, added);
    }

    public static ReplayRows ReadReplay(SafetensorsFile file, int labels)
    {
        if (!ReplayNames.Any(file.Tensors.ContainsKey))
        {
            return ReplayRows.Empty;
        }

        SafetensorsTensor texts = RouterFile.Find(file, ReplayTexts);
        int count = texts.Shape.Count == 2 ? (int)Math.Min(texts.Shape[0], RouterModel.MaximumParameters) : 0;
        RouterFile.Shape(file, ReplayTexts, SafetensorsDataType.I32, count, 3);
        ReadOnlySpan<int> triples = MemoryMarshal.Cast<byte, int>(file.GetBytes(ReplayTexts)); // [rows, (label, features kept, features)]
        int[] kept = new int[count];
        for (int i = 0; i < count; i++)
        {
            int label = triples[3 * i];
            int length = triples[(3 * i) + 2];
            kept[i] = triples[(3 * i) + 1];
            if (label < ReplayRows.None || label >= labels)
            {
                throw new InvalidFileException(file.Path, ReplayTexts, $"names label {label}; expected -1 to {labels - 1}");
            }

            if (length < kept[i])
            {
                throw new InvalidFileException(file.Path, ReplayTexts, $"keeps {kept[i]} features of a text of {length}");
            }
        }

        RouterFile.Shape(file, ReplayFeatures, SafetensorsDataType.I32, Total(file, ReplayTexts, kept, least: 1));
        ReadOnlySpan<uint> features = MemoryMarshal.Cast<byte, uint>(file.GetBytes(ReplayFeatures));
        ReplayRow[] rows = new ReplayRow[count];
        int start = 0;
        for (int i = 0; i < count; i++)
        {
            rows[i] = new ReplayRow(triples[3 * i], triples[(3 * i) + 2], features.Slice(start, kept[i]).ToArray());
            start += kept[i];
        }

        return new ReplayRows(rows);
    }

    public static int[][] ReadTwins(SafetensorsFile file, string[] labels)
    {
        if (!file.Metadata.ContainsKey(TwinsKey))
        {
            return [];
        }

        string[][] names = RouterFile.ReadJson(file, TwinsKey, RouterJson.Default.StringArrayArray);
        HashSet<string> seen = new(StringComparer.Ordinal);
        int[][] twins = new int[names.Length][];
        for (int i = 0; i < names.Length; i++)
        {
            twins[i] = [.. (names[i] ?? []).Select(n => Array.IndexOf(labels, n))];
            if (twins[i].Length < 2 || twins[i].Contains(-1) || !names[i].All(seen.Add))
            {
                throw new InvalidFileException(file.Path, TwinsKey, $"group {i + 1} is not of two labels or more, each in one group");
            }
        }

        return AddedLabels.Ordered(twins, labels);
    }

    private static int Total(SafetensorsFile file, string name, ReadOnlySpan<int> counts, int least)
    {
        long total = 0;
        foreach (int count in counts)
        {
            total += count >= least && count <= RouterModel.MaximumParameters
                ? count
                : throw new InvalidFileException(file.Path, name, $"holds the count {count}; expected at least {least}");
        }

        return (int)Math.Min(total, int.MaxValue);
    }

    private static byte[] Bytes<T>(IEnumerable<T> values)
        where T : struct => MemoryMarshal.AsBytes<T>(values.ToArray()).ToArray();
}
