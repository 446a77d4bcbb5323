using DlpLora.OnnxExport.Onnx;

namespace DlpLora.Benchmarks.Bandwidth;

/// <summary>How many bytes of weights a decoded token reads: those of every node but the row look-ups, from which it takes one row.</summary>
internal static class GraphBytes
{
    private static readonly string[] LookUps = ["Gather", "GatherBlockQuantized"];

    public static long PerToken(string graphPath)
    {
        ModelProto model;
        using (FileStream stream = File.OpenRead(graphPath))
        {
            model = ModelProto.Parser.ParseFrom(stream);
        }

        Dictionary<string, long> sizes = model.Graph.Initializer.ToDictionary(t => t.Name, Size, StringComparer.Ordinal);
        return model.Graph.Node
            .Where(n => !LookUps.Contains(n.OpType))
            .SelectMany(n => n.Input)
            .Where(sizes.ContainsKey)
            .Distinct(StringComparer.Ordinal)
            .Sum(i => sizes[i]);
    }

    private static long Size(TensorProto tensor)
    {
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            if (entry.Key == "length")
            {
                return long.Parse(entry.Value, System.Globalization.CultureInfo.InvariantCulture);
            }
        }

        return tensor.CalculateSize();
    }
}
