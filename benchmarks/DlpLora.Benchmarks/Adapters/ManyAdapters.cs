using System.Globalization;
using System.Runtime.InteropServices;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Benchmarks.Adapters;

/// <summary>Hundreds of different adapters of the real shape: the repository's, with other last bits in every copy.</summary>
internal static class ManyAdapters
{
    private const string Weights = "adapter_model.safetensors";

    /// <summary>The folder with so many adapters; what is missing of it is made.</summary>
    public static string Prepare(int count)
    {
        string[] real = [.. Directory.EnumerateDirectories(BenchmarkPaths.Adapters).Order(StringComparer.Ordinal)];
        string folder = Path.Combine(BenchmarkPaths.Artifacts, "adapters", count.ToString(CultureInfo.InvariantCulture));
        for (int i = 0; i < count; i++)
        {
            string copy = Path.Combine(folder, Name(i));
            if (!File.Exists(Path.Combine(copy, Weights)))
            {
                Directory.CreateDirectory(copy);
                string source = real[i % real.Length];
                File.Copy(Path.Combine(source, "adapter_config.json"), Path.Combine(copy, "adapter_config.json"), overwrite: true);
                Perturb(Path.Combine(source, Weights), Path.Combine(copy, Weights), (ushort)(i / real.Length));
            }
        }

        return folder;
    }

    public static string Name(int index) => $"adapter-{index:0000}";

    /// <summary>Flips the last four bits of every F16 weight by the copy's number, so that every copy has a digest of its own.</summary>
    private static void Perturb(string from, string to, ushort number)
    {
        using SafetensorsFile file = SafetensorsFile.Open(from);
        SafetensorsWriter writer = new();
        foreach ((string name, SafetensorsTensor tensor) in file.Tensors.OrderBy(t => t.Key, StringComparer.Ordinal))
        {
            byte[] bytes = file.GetBytes(name).ToArray();
            Span<ushort> halves = MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan());
            for (int i = 0; i < halves.Length; i++)
            {
                // The number's bits in turn, four an element.
                halves[i] ^= (ushort)((number >> (4 * (i % 4))) & 0xF);
            }

            writer.Add(name, tensor.DataType, bytes, [.. tensor.Shape]);
        }

        writer.Write(to);
    }
}
