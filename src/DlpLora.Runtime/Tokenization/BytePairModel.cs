using Microsoft.ML.Tokenizers;

namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// Byte-pair merges within one pre-token. The merging is Microsoft.ML.Tokenizers'; it is handed single pre-tokens that are written
/// in the vocabulary's own characters, because its handling of everything around the merges differs from the reference
/// (docs/adr/0002-tokenizer-core.md).
/// </summary>
internal sealed class BytePairModel
{
    /// <summary>Beyond so many symbols the core's time grows with the square of the length: a megabyte of one letter takes minutes.</summary>
    public const int LongestCoreWord = 256;

    private readonly Lazy<BpeTokenizer> _core;
    private readonly Lazy<LongWordMerger> _long;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _vocabulary;
    private readonly bool[] _known;
    private readonly bool _ignoreMerges;

    /// <summary>Creates the model.</summary>
    /// <param name="vocabulary">Every token's id.</param>
    /// <param name="merges">The merges, first ones first, each <c>left right</c> with one space.</param>
    /// <param name="ignoreMerges">Whether a pre-token that is a token as a whole is taken without merging (Llama 3).</param>
    public BytePairModel(Dictionary<string, int> vocabulary, IReadOnlyList<string> merges, bool ignoreMerges)
    {
        _core = new Lazy<BpeTokenizer>(() => BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = merges }));

        // Building the core is half of the loading time, so it is built beside what the caller loads next; the first text waits for it.
        _ = Task.Run(() => _core.Value);
        _vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        _known = new bool[256];
        for (int b = 0; b < 256; b++)
        {
            _known[b] = vocabulary.ContainsKey(ByteAlphabet.CharacterOf((byte)b).ToString());
        }

        _ignoreMerges = ignoreMerges;
        _long = new Lazy<LongWordMerger>(() => new LongWordMerger(vocabulary, merges));
    }

    /// <summary>Whether the vocabulary has a token for a byte. The reference leaves out bytes that have none; so do we.</summary>
    public bool Knows(byte value) => _known[value];

    /// <summary>Appends the tokens of one pre-token.</summary>
    /// <param name="symbols">The pre-token in the byte alphabet, one character a byte, all of them known.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(ReadOnlySpan<char> symbols, List<int> ids)
    {
        if ((_ignoreMerges || symbols.Length == 1) && _vocabulary.TryGetValue(symbols, out int whole))
        {
            ids.Add(whole);
            return;
        }

        if (symbols.Length > LongestCoreWord)
        {
            _long.Value.Encode(symbols, ids);
            return;
        }

        ids.AddRange(_core.Value.EncodeToIds(symbols, considerPreTokenization: false, considerNormalization: false));
    }
}
