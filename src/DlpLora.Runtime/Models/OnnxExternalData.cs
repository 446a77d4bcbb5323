using System.IO.MemoryMappedFiles;
using System.Text;
using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Models;

/// <summary>
/// Looks through an ONNX graph for the files that it takes weights from, before ONNX Runtime opens any of them: they must lie inside the
/// model folder, once links are followed, and be long enough. Walks the protobuf's fields without building the graph.
/// </summary>
internal sealed unsafe class OnnxExternalData
{
    private const int MaximumDepth = 64;

    private readonly string _path;
    private readonly string _folder;
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    private OnnxExternalData(string path)
    {
        _path = path;
        _folder = Path.GetDirectoryName(path)!;
    }

    private enum Message
    {
        Skipped,
        Model,
        Graph,
        Node,
        Attribute,
        Tensor,
        SparseTensor,
        Function,
        Training,
    }

    /// <returns>Bytes of the files that it takes weights from.</returns>
    /// <exception cref="InvalidFileException">The graph is missing or no protobuf, or takes weights from where it must not or cannot.</exception>
    public static long Check(string graphPath)
    {
        try
        {
            using FileStream stream = new(graphPath, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            if (stream.Length is 0 or > int.MaxValue)
            {
                throw new InvalidFileException(graphPath, string.Empty, $"has {stream.Length} bytes; expected 1 to {int.MaxValue}");
            }

            using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            using MemoryMappedViewAccessor view = map.CreateViewAccessor(0, stream.Length, MemoryMappedFileAccess.Read);
            byte* start = null;
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            try
            {
                ReadOnlySpan<byte> bytes = new(start + view.PointerOffset, (int)stream.Length);
                OnnxExternalData graph = new(graphPath);
                graph.Walk(Message.Model, bytes, 0, bytes.Length, 0);
                return graph._lengths.Values.Sum();
            }
            finally
            {
                view.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidFileException(graphPath, string.Empty, "not found; expected the graph that the manifest names", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(graphPath, string.Empty, $"could not be read ({error.Message})", error);
        }
    }

    /// <summary>Which kind of message a field of onnx.proto holds.</summary>
    private static Message Child(Message parent, int field) => (parent, field) switch
    {
        (Message.Model, 7) => Message.Graph,
        (Message.Model, 20) => Message.Training,
        (Message.Model, 25) => Message.Function,
        (Message.Training, 1 or 2) => Message.Graph,
        (Message.Function, 7) => Message.Node,
        (Message.Function, 11) => Message.Attribute,
        (Message.Graph, 1) => Message.Node,
        (Message.Graph, 5) => Message.Tensor,
        (Message.Graph, 15) => Message.SparseTensor,
        (Message.Node, 5) => Message.Attribute,
        (Message.Attribute, 5 or 10) => Message.Tensor,
        (Message.Attribute, 6 or 11) => Message.Graph,
        (Message.Attribute, 22 or 23) => Message.SparseTensor,
        (Message.SparseTensor, 1 or 2) => Message.Tensor,
        _ => Message.Skipped,
    };

    private void Walk(Message message, ReadOnlySpan<byte> bytes, int position, int end, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw Broken(position, $"has messages more than {MaximumDepth} levels deep");
        }

        string? location = null;
        ulong offset = 0;
        ulong? length = null;
        while (position < end)
        {
            int field = ReadField(bytes, ref position, end, out int from, out int to);
            if (from < 0)
            {
                continue;
            }

            if (message == Message.Tensor && field == 13)
            {
                ReadEntry(bytes, from, to, ref location, ref offset, ref length);
                continue;
            }

            Message child = Child(message, field);
            if (child != Message.Skipped)
            {
                Walk(child, bytes, from, to, depth + 1);
            }
        }

        if (location is not null)
        {
            CheckLocation(location, offset, length);
        }
    }

    /// <summary>Reads one field's tag and steps over its value; a length-delimited value is [from, to), for others from is -1.</summary>
    private int ReadField(ReadOnlySpan<byte> bytes, ref int position, int end, out int from, out int to)
    {
        int start = position;
        ulong tag = ReadVarint(bytes, ref position, end);
        from = to = -1;
        switch (tag & 7)
        {
            case 0:
                ReadVarint(bytes, ref position, end);
                break;
            case 1:
                position = Advance(position, 8, end);
                break;
            case 2:
                ulong length = ReadVarint(bytes, ref position, end);
                from = position;
                position = to = Advance(position, length, end);
                break;
            case 5:
                position = Advance(position, 4, end);
                break;
            default:
                throw Broken(start, $"has a field of wire type {tag & 7}");
        }

        return tag >> 3 is > 0 and <= int.MaxValue ? (int)(tag >> 3) : throw Broken(start, $"has a field numbered {tag >> 3}");
    }

    private int Advance(int position, ulong bytes, int end) => bytes <= (ulong)(end - position)
        ? position + (int)bytes
        : throw Broken(position, $"ends in the middle of a field of {bytes} bytes");

    private ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int position, int end)
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (position >= end)
            {
                throw Broken(position, "ends in the middle of a number");
            }

            byte part = bytes[position++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Broken(position, "has a number of more than 64 bits");
    }

    private void ReadEntry(ReadOnlySpan<byte> bytes, int position, int end, ref string? location, ref ulong offset, ref ulong? length)
    {
        string key = string.Empty;
        string value = string.Empty;
        int start = position;
        while (position < end)
        {
            int field = ReadField(bytes, ref position, end, out int from, out int to);
            if (from >= 0 && field == 1)
            {
                key = Encoding.UTF8.GetString(bytes[from..to]);
            }
            else if (from >= 0 && field == 2)
            {
                value = Encoding.UTF8.GetString(bytes[from..to]);
            }
        }

        switch (key)
        {
            case "location":
                location = value;
                break;
            case "offset":
                offset = Number(value);
                break;
            case "length":
                length = Number(value);
                break;
        }

        ulong Number(string text) => ulong.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw Broken(start, $"has external data with {key} '{text}'; expected a number of bytes");
    }

    private void CheckLocation(string location, ulong offset, ulong? length)
    {
        if (!_lengths.TryGetValue(location, out long fileLength))
        {
            string path;
            try
            {
                path = Path.GetFullPath(Path.Combine(_folder, location));
                if (location.Length == 0 || Path.IsPathRooted(location) || !RealPath.IsInside(_folder, path))
                {
                    throw new InvalidFileException(_path, "external data", $"lies at '{location}'; expected a file inside the model's folder");
                }
            }
            catch (ArgumentException error)
            {
                throw new InvalidFileException(_path, "external data", "has a location that is no path", error);
            }

            FileInfo file = new(path);
            if (!file.Exists)
            {
                throw new InvalidFileException(path, string.Empty, $"not found; expected the weights of {_path}");
            }

            // The length of what a link leads to.
            fileLength = new FileInfo(RealPath.Resolve(path)).Length;
            _lengths.Add(location, fileLength);
        }

        if (offset > (ulong)fileLength || (length ?? 0) > (ulong)fileLength - offset)
        {
            throw new InvalidFileException(
                Path.Combine(_folder, location), $"byte {offset}", $"the file has {fileLength} bytes; the graph takes {length ?? 0} from there: it is cut short or another model's");
        }
    }

    private InvalidFileException Broken(int position, string problem) => new(_path, $"byte {position}", $"{problem}; expected an ONNX graph");
}
