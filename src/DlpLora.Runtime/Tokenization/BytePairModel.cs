using System.Numerics.Tensors;

namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// Byte-pair encoding within one pre-token (Sennrich et al. 2016, <see href="https://arxiv.org/abs/1508.07909"/>): the earliest merge first, of equal ones the
/// leftmost, until none is left. Why it is ours: docs/adr/0002-tokenizer-core.md.
/// </summary>
internal sealed class BytePairModel
{
    /// <summary>Beyond so many bytes looking through all pairs for every merge takes longer than keeping them in order: its time grows with the square of the length.</summary>
    public const int LongestScannedWord = 256;

    private readonly TokenTable _tokens;
    private readonly MergeTable _merges;
    private readonly bool _ignoreMerges;

    /// <summary>The token of each byte; -1 where the vocabulary has none.</summary>
    private readonly int[] _symbols = new int[256];

    /// <summary>Creates the model.</summary>
    /// <param name="tokens">The vocabulary.</param>
    /// <param name="merges">The merges of its tokens.</param>
    /// <param name="ignoreMerges">Whether a pre-token that is a token as a whole is taken without merging (Llama 3).</param>
    public BytePairModel(TokenTable tokens, MergeTable merges, bool ignoreMerges)
    {
        _tokens = tokens;
        _merges = merges;
        _ignoreMerges = ignoreMerges;
        for (int value = 0; value < _symbols.Length; value++)
        {
            _symbols[value] = tokens.TryGetId([(byte)value], out int id) ? id : -1;
        }
    }

    /// <summary>Whether the vocabulary has a token for a byte. The reference leaves out bytes that have none; so do we.</summary>
    public bool Knows(byte value) => _symbols[value] >= 0;

    /// <summary>Appends the tokens of one pre-token.</summary>
    /// <param name="word">The pre-token's bytes, all of them known, at least one.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(ReadOnlySpan<byte> word, List<int> ids)
    {
        if (_ignoreMerges && _tokens.TryGetId(word, out int whole))
        {
            ids.Add(whole);
            return;
        }

        Span<int> parts = word.Length <= LongestScannedWord ? stackalloc int[word.Length] : new int[word.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = _symbols[word[i]];
        }

        ids.AddRange(parts[..(word.Length <= LongestScannedWord ? Merge(parts) : LongWordMerger.Merge(_merges, parts))]);
    }

    /// <summary>Merges in place and returns how many parts are left.</summary>
    private int Merge(Span<int> parts)
    {
        int count = parts.Length;

        // The rank of each part and the one after it, [count - 1].
        Span<int> ranks = stackalloc int[count - 1];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = _merges.RankOf(parts[i], parts[i + 1]);
        }

        while (count > 1)
        {
            int first = TensorPrimitives.IndexOfMin<int>(ranks[..(count - 1)]);
            if (ranks[first] == MergeTable.None)
            {
                break;
            }

            parts[first] = _merges.MergedBy(ranks[first]);
            parts[(first + 2)..count].CopyTo(parts[(first + 1)..]);
            ranks[(first + 1)..(count - 1)].CopyTo(ranks[first..]);
            count--;
            if (first > 0)
            {
                ranks[first - 1] = _merges.RankOf(parts[first - 1], parts[first]);
            }

            if (first < count - 1)
            {
                ranks[first] = _merges.RankOf(parts[first], parts[first + 1]);
            }
        }

        return count;
    }
}
