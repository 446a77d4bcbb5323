using System.Text.Json;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>
/// The text of a <c>tokenizer.json</c>: a document without the vocabulary and the merges, and those two as text, to be read token by token. They are nearly all of the
/// file, and as a document they would take several times its size. The text lies outside the managed heap, so that nothing of it is left behind.
/// </summary>
internal sealed class TokenizerJson : IDisposable
{
    public const int MaximumBytes = 128 << 20;
    public const int MaximumDepth = 32;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaximumDepth };

    private readonly NativeBuffer _text;
    private readonly JsonDocument _document;
    private readonly Section _vocabulary;
    private readonly Section _merges;

    private TokenizerJson(NativeBuffer text, JsonDocument document, Section vocabulary, Section merges)
    {
        _text = text;
        _document = document;
        _vocabulary = vocabulary;
        _merges = merges;
    }

    /// <summary>All but the vocabulary and the merges, which are empty in it where they are an object and an array.</summary>
    public JsonElement Root => _document.RootElement;

    /// <summary>The properties of the vocabulary.</summary>
    public int VocabularyCount => _vocabulary.Count;

    /// <summary>The elements of the merges.</summary>
    public int MergesCount => _merges.Count;

    /// <summary>A reader before the vocabulary's object.</summary>
    public Utf8JsonReader ReadVocabulary() => ReaderOf(_vocabulary);

    /// <summary>A reader before the merges' array.</summary>
    public Utf8JsonReader ReadMerges() => ReaderOf(_merges);

    /// <exception cref="InvalidFileException">The file is missing, too large, or no JSON.</exception>
    public static TokenizerJson Open(string path)
    {
        try
        {
            return Read(path);
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, $"line {(error.LineNumber ?? 0) + 1}", $"is not the JSON that the format asks for ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"can't be read: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        _document.Dispose();
        _text.Dispose();
    }

    private static TokenizerJson Read(string path)
    {
        NativeBuffer buffer = ReadFile(path, out int length);
        try
        {
            ReadOnlySpan<byte> text = buffer.Span<byte>(0, length);
            (Section vocabulary, Section merges) = FindSections(text);
            return new TokenizerJson(buffer, WithoutSections(text, vocabulary, merges), vocabulary, merges);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    private static NativeBuffer ReadFile(string path, out int length)
    {
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (stream.Length > MaximumBytes)
        {
            throw new InvalidFileException(path, string.Empty, $"has {stream.Length} bytes; expected at most {MaximumBytes}");
        }

        NativeBuffer buffer = NativeBuffer.Allocate(stream.Length);
        try
        {
            Span<byte> bytes = buffer.Span<byte>(0, (int)stream.Length);
            length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (bytes[..length].StartsWith("\uFEFF"u8))
            {
                bytes[..3].Fill((byte)' ');
            }

            return buffer;
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>Finds <c>$.model.vocab</c> and <c>$.model.merges</c>, and on the way reads all of the text, so that what is no JSON is told with its line.</summary>
    private static (Section Vocabulary, Section Merges) FindSections(ReadOnlySpan<byte> text)
    {
        Section vocabulary = default;
        Section merges = default;
        Utf8JsonReader reader = new(text, Options);
        bool inModel = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 1)
            {
                inModel = reader.ValueTextEquals("model"u8);
            }
            else if (inModel && reader.CurrentDepth == 2 && vocabulary.End == 0 && reader.ValueTextEquals("vocab"u8))
            {
                vocabulary = Measure(ref reader, JsonTokenType.StartObject);
            }
            else if (inModel && reader.CurrentDepth == 2 && merges.End == 0 && reader.ValueTextEquals("merges"u8))
            {
                merges = Measure(ref reader, JsonTokenType.StartArray);
            }
        }

        return (vocabulary, merges);
    }

    /// <summary>Reads a property's value: where it lies and how many it holds, if it is of this kind; else nothing.</summary>
    private static Section Measure(ref Utf8JsonReader reader, JsonTokenType kind)
    {
        reader.Read();
        if (reader.TokenType != kind)
        {
            return default;
        }

        int start = (int)reader.TokenStartIndex;
        int depth = reader.CurrentDepth;
        int count = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            bool isItem = kind == JsonTokenType.StartObject
                ? reader.TokenType == JsonTokenType.PropertyName
                : reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject);
            count += isItem && reader.CurrentDepth == depth + 1 ? 1 : 0;
        }

        return new Section(start, (int)reader.BytesConsumed, count);
    }

    private static JsonDocument WithoutSections(ReadOnlySpan<byte> text, Section vocabulary, Section merges)
    {
        // A section that is not there is empty and lies at the start.
        (Section first, Section second) = vocabulary.Start < merges.Start ? (vocabulary, merges) : (merges, vocabulary);
        byte[] rest = [.. text[..first.Start], .. Empty(text, first), .. text[first.End..second.Start], .. Empty(text, second), .. text[second.End..]];
        return JsonDocument.Parse(rest, new JsonDocumentOptions { MaxDepth = MaximumDepth });

        static ReadOnlySpan<byte> Empty(ReadOnlySpan<byte> text, Section section) =>
            section.End == 0 ? [] : text[section.Start] == '{' ? "{}"u8 : "[]"u8;
    }

    private Utf8JsonReader ReaderOf(Section section) => new(_text.Span<byte>(section.Start, section.End - section.Start), Options);

    /// <param name="Start">Its first byte.</param>
    /// <param name="End">The byte after its last.</param>
    /// <param name="Count">How many properties or elements it has.</param>
    private readonly record struct Section(int Start, int End, int Count);
}
