using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using DlpLora.Runtime.Tokenization.Normalizers;

namespace DlpLora.Runtime.Tokenization;

/// <summary>One text on its way through the tokenizer's parts, with the buffers that this needs.</summary>
internal sealed class EncodingPass
{
    private readonly TokenizerParts _parts;
    private readonly bool _parseSpecial;
    private readonly TextRange[] _literal;
    private readonly List<TextRange> _pieces = [];

    // One entry a byte of the pre-token at hand: the byte, and the character that it belongs to.
    private byte[] _bytes = new byte[64];
    private int[] _byteStarts = [];
    private int[] _byteEnds = [];

    public EncodingPass(TokenizerParts parts, bool parseSpecial, IReadOnlyList<TextRange>? literalRanges, bool withOffsets)
    {
        _parts = parts;
        _parseSpecial = parseSpecial;
        _literal = literalRanges is null or { Count: 0 } ? [] : [.. literalRanges.OrderBy(r => r.Start)];
        Offsets = withOffsets ? [] : null;
    }

    public List<int> Ids { get; } = [];

    public List<TextRange>? Offsets { get; }

    public void Run(string text, bool addSpecialTokens)
    {
        if (addSpecialTokens)
        {
            AddAll(_parts.Prefix, 0);
        }

        string valid = ReplaceLoneSurrogates(text);
        int position = 0;
        Func<int, bool>? isLiteral = _literal.Length == 0 ? null : IsLiteral;
        while (_parts.RawTokens.TryFind(valid, position, _parseSpecial, isLiteral, out AddedTokenMatch match))
        {
            Segment(valid, new TextRange(position, match.Range.Start));
            Add(match.Token.Id, match.Range);
            position = match.Range.End;
        }

        Segment(valid, new TextRange(position, valid.Length));
        if (addSpecialTokens)
        {
            AddAll(_parts.Suffix, valid.Length);
        }
    }

    /// <summary>Same length, so that offsets hold: UTF-8 has no form for half a surrogate pair.</summary>
    private static string ReplaceLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        return string.Create(text.Length, text, static (target, source) =>
        {
            source.CopyTo(target);
            for (int i = 0; i < target.Length; i++)
            {
                if (char.IsHighSurrogate(target[i]) && i + 1 < target.Length && char.IsLowSurrogate(target[i + 1]))
                {
                    i++;
                }
                else if (char.IsSurrogate(target[i]))
                {
                    target[i] = '\uFFFD';
                }
            }
        });
    }

    private bool IsLiteral(int position)
    {
        foreach (TextRange range in _literal)
        {
            if (range.Start > position)
            {
                break;
            }

            if (position < range.End)
            {
                return true;
            }
        }

        return false;
    }

    private void Segment(string text, TextRange range)
    {
        if (range.Length == 0)
        {
            return;
        }

        if (_parts.Normalizer is null && _parts.NormalizedTokens.IsEmpty)
        {
            Words(text.AsSpan(range.Start, range.Length), new AlignedText(string.Empty, range.Start, map: null), 0);
            return;
        }

        AlignedText aligned = new(text[range.Start..range.End], range.Start, map: null);
        aligned = _parts.Normalizer?.Normalize(aligned) ?? aligned;
        Func<int, bool>? isLiteral = _literal.Length == 0 ? null : p => IsLiteral(aligned.SourceOf(p, p + 1).Start);
        int position = 0;
        while (_parts.NormalizedTokens.TryFind(aligned.Text, position, _parseSpecial, isLiteral, out AddedTokenMatch match))
        {
            Words(aligned.Text.AsSpan(position, match.Range.Start - position), aligned, position);
            Add(match.Token.Id, aligned.SourceOf(match.Range.Start, match.Range.End));
            position = match.Range.End;
        }

        Words(aligned.Text.AsSpan(position), aligned, position);
    }

    /// <param name="text">A stretch of the normalized text between added tokens.</param>
    /// <param name="aligned">Where the normalized text came from.</param>
    /// <param name="shift">Where the stretch lies in it.</param>
    private void Words(ReadOnlySpan<char> text, AlignedText aligned, int shift)
    {
        if (text.IsEmpty)
        {
            return;
        }

        _pieces.Clear();
        _parts.PreTokenizer.Split(text, _pieces);
        foreach (TextRange piece in CollectionsMarshal.AsSpan(_pieces))
        {
            Word(text[piece.Start..piece.End], aligned, shift + piece.Start);
        }
    }

    private void Word(ReadOnlySpan<char> word, AlignedText aligned, int shift)
    {
        int bytes = ToBytes(word);
        int firstId = Ids.Count;
        if (bytes > 0)
        {
            _parts.Model.Encode(_bytes.AsSpan(0, bytes), Ids);
        }

        if (Offsets is null)
        {
            return;
        }

        int place = 0;
        for (int i = firstId; i < Ids.Count; i++)
        {
            int end = place + _parts.Tokens.BytesOf(Ids[i]).Length;
            Offsets.Add(aligned.SourceOf(shift + _byteStarts[place], shift + _byteEnds[end - 1]));
            place = end;
        }
    }

    private int ToBytes(ReadOnlySpan<char> word)
    {
        if (_bytes.Length < word.Length * 3)
        {
            _bytes = new byte[Math.Max(word.Length * 3, _bytes.Length * 2)];
        }

        if (Offsets is not null && _byteStarts.Length < _bytes.Length)
        {
            _byteStarts = new int[_bytes.Length];
            _byteEnds = new int[_bytes.Length];
        }

        int count = 0;
        int position = 0;
        Span<byte> utf8 = stackalloc byte[4];
        while (position < word.Length)
        {
            // The text has no lone surrogates, so this always yields a character.
            OperationStatus status = Rune.DecodeFromUtf16(word[position..], out Rune rune, out int length);
            int bytes = (status == OperationStatus.Done ? rune : Rune.ReplacementChar).EncodeToUtf8(utf8);
            foreach (byte b in utf8[..bytes])
            {
                if (!_parts.Model.Knows(b))
                {
                    continue;
                }

                if (Offsets is not null)
                {
                    _byteStarts[count] = position;
                    _byteEnds[count] = position + length;
                }

                _bytes[count++] = b;
            }

            position += length;
        }

        return count;
    }

    private void Add(int id, TextRange range)
    {
        Ids.Add(id);
        Offsets?.Add(range);
    }

    private void AddAll(int[] ids, int position)
    {
        foreach (int id in ids)
        {
            Add(id, new TextRange(position, position));
        }
    }
}
