using System.Buffers;
using System.Text;

namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// Turns tokens into text as they come, complete characters only: bytes of a character that later tokens finish are held back.
/// Everything appended and flushed is equal to <see cref="HuggingFaceTokenizer.Decode"/> of all ids. One a stream; not thread-safe.
/// </summary>
public sealed class StreamingDetokenizer
{
    private const int StackBytes = 256;

    private readonly TokenTable _tokens;
    private readonly bool _skipSpecialTokens;

    // The begun character's bytes, at most 3.
    private readonly byte[] _pending = new byte[4];
    private int _pendingLength;

    internal StreamingDetokenizer(TokenTable tokens, bool skipSpecialTokens)
    {
        _tokens = tokens;
        _skipSpecialTokens = skipSpecialTokens;
    }

    /// <summary>Appends one token, and writes the characters that it completes.</summary>
    /// <param name="id">The token's id; one that no token has (a padded vocabulary) adds nothing.</param>
    /// <param name="output">Where the characters go; surrogate pairs are never split.</param>
    /// <exception cref="ArgumentOutOfRangeException">The id is negative.</exception>
    public void Append(int id, IBufferWriter<char> output)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentNullException.ThrowIfNull(output);
        if (_skipSpecialTokens && _tokens.IsSpecial(id))
        {
            return;
        }

        ReadOnlySpan<byte> token = _tokens.BytesOf(id);
        int length = _pendingLength + token.Length;
        byte[]? rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> bytes = rented is null ? stackalloc byte[StackBytes] : rented;
        bytes = bytes[..length];
        _pending.AsSpan(0, _pendingLength).CopyTo(bytes);
        token.CopyTo(bytes[_pendingLength..]);

        _pendingLength = Incomplete(bytes);
        bytes[^_pendingLength..].CopyTo(_pending);
        Write(bytes[..^_pendingLength], output);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Ends the stream: a character that was begun and never finished becomes U+FFFD.</summary>
    /// <param name="output">Where the character goes.</param>
    public void Flush(IBufferWriter<char> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(_pending.AsSpan(0, _pendingLength), output);
        _pendingLength = 0;
    }

    /// <summary>The number of bytes at the end that begin a character without finishing it.</summary>
    private static int Incomplete(ReadOnlySpan<byte> bytes)
    {
        for (int tail = 1; tail <= 3 && tail <= bytes.Length; tail++)
        {
            byte first = bytes[^tail];
            if (first >= 0xC0)
            {
                return Rune.DecodeFromUtf8(bytes[^tail..], out _, out int consumed) == OperationStatus.NeedMoreData && consumed == tail
                    ? tail
                    : 0;
            }

            if (first < 0x80)
            {
                break;
            }
        }

        return 0;
    }

    private static void Write(ReadOnlySpan<byte> bytes, IBufferWriter<char> output)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        Span<char> target = output.GetSpan(bytes.Length);
        output.Advance(Encoding.UTF8.GetChars(bytes, target));
    }
}
