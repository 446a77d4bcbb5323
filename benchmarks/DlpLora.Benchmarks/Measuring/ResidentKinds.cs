using System.Globalization;

namespace DlpLora.Benchmarks.Measuring;

/// <summary>What a process's physical memory consists of, by <c>/proc/PID/smaps</c>. Read from outside, since reading it takes memory itself.</summary>
internal static class ResidentKinds
{
    private const int Weights = 0;
    private const int Managed = 1;
    private const int Native = 2;
    private const int OnnxRuntime = 3;
    private const int Compiled = 4;
    private const int DotNet = 5;
    private const int Other = 6;

    /// <summary>The kinds, in the order of <see cref="Read"/>.</summary>
    public static string[] Names { get; } =
    [
        "weights: mapped pages of the model's files",
        "managed heap",
        "native: adapters, stacks, KV cache, what ONNX Runtime allocates",
        "ONNX Runtime's library",
        "code that .NET compiled, and its tables",
        ".NET's libraries and ours",
        "other libraries and files",
    ];

    /// <summary>Bytes of each kind.</summary>
    /// <param name="process">The process.</param>
    /// <param name="managedObject">The address of some object of its managed heap, whose mappings lie side by side.</param>
    /// <param name="modelFolder">The folder of the model that it runs.</param>
    public static long[] Read(int process, nint managedObject, string modelFolder)
    {
        List<Mapping> mappings = Mappings(File.ReadAllLines($"/proc/{process}/smaps"));
        int inHeap = mappings.FindIndex(m => m.Start <= managedObject && managedObject < m.End);
        (int firstOfHeap, int lastOfHeap) = (inHeap, inHeap);
        while (firstOfHeap > 0 && Touch(mappings[firstOfHeap - 1], mappings[firstOfHeap]))
        {
            firstOfHeap--;
        }

        while (lastOfHeap < mappings.Count - 1 && Touch(mappings[lastOfHeap], mappings[lastOfHeap + 1]))
        {
            lastOfHeap++;
        }

        long[] bytes = new long[Names.Length];
        for (int i = 0; i < mappings.Count; i++)
        {
            int kind = i >= firstOfHeap && i <= lastOfHeap ? Managed : KindOf(mappings[i].Path, modelFolder);
            bytes[kind] += mappings[i].Resident;
        }

        return bytes;

        static bool Touch(Mapping left, Mapping right) => left.End == right.Start && left.Path.Length == 0 && right.Path.Length == 0;
    }

    private static int KindOf(string path, string modelFolder)
    {
        if (path.Length == 0 || path[0] == '[')
        {
            return Native;
        }

        string name = Path.GetFileName(path);
        return path.StartsWith(modelFolder, StringComparison.Ordinal) ? Weights
            : path.Contains("doublemapper", StringComparison.Ordinal) ? Compiled
            : name.StartsWith("libonnxruntime", StringComparison.Ordinal) ? OnnxRuntime
            : name.EndsWith(".dll", StringComparison.Ordinal) || path.Contains("Microsoft.NETCore.App", StringComparison.Ordinal) ? DotNet
            : Other;
    }

    /// <summary>A mapping is a line "start-end permissions offset device inode path" and lines "Name: value kB" after it.</summary>
    private static List<Mapping> Mappings(string[] lines)
    {
        List<Mapping> mappings = [];
        foreach (string line in lines)
        {
            if (line.StartsWith("Rss:", StringComparison.Ordinal))
            {
                mappings[^1] = mappings[^1] with { Resident = long.Parse(line.AsSpan(4, line.Length - 7), CultureInfo.InvariantCulture) * 1024 };
            }
            else if (!line.EndsWith(" kB", StringComparison.Ordinal) && line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries) is [string range, _, _, _, _, .. string[] path]
                && range.Split('-') is [string start, string end])
            {
                mappings.Add(new Mapping(
                    nint.Parse(start, NumberStyles.HexNumber, CultureInfo.InvariantCulture), nint.Parse(end, NumberStyles.HexNumber, CultureInfo.InvariantCulture), path is [string name] ? name : string.Empty, 0));
            }
        }

        return mappings;
    }

    private readonly record struct Mapping(nint Start, nint End, string Path, long Resident);
}
