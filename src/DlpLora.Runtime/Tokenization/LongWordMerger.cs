namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// Byte-pair merges in O(n log n) for pre-tokens of any length, with the same result as the core that <see cref="BytePairModel"/> uses
/// for the usual ones: the earliest merge first, of equal ones the leftmost.
/// </summary>
internal sealed class LongWordMerger
{
    private readonly Dictionary<(int Left, int Right), (int Rank, int Id)> _merges;
    private readonly int[] _symbols;

    public LongWordMerger(Dictionary<string, int> vocabulary, IReadOnlyList<string> merges)
    {
        _symbols = new int[char.MaxValue + 1];
        Array.Fill(_symbols, -1);
        for (int b = 0; b < 256; b++)
        {
            char symbol = ByteAlphabet.CharacterOf((byte)b);
            _symbols[symbol] = vocabulary.GetValueOrDefault(symbol.ToString(), -1);
        }

        _merges = new Dictionary<(int Left, int Right), (int Rank, int Id)>(merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string merge = merges[rank];
            int space = merge.IndexOf(' ', StringComparison.Ordinal);
            string left = merge[..space];
            string right = merge[(space + 1)..];
            _merges.Add((vocabulary[left], vocabulary[right]), (rank, vocabulary[left + right]));
        }
    }

    /// <param name="symbols">The pre-token in the byte alphabet, every symbol in the vocabulary.</param>
    /// <param name="ids">Where the ids go.</param>
    public void Encode(ReadOnlySpan<char> symbols, List<int> ids)
    {
        // Parts are a doubly linked list over the symbols' places; a part that was merged into its left neighbour has id -1.
        int count = symbols.Length;
        int[] part = new int[count];
        int[] previous = new int[count];
        int[] next = new int[count];
        for (int i = 0; i < count; i++)
        {
            part[i] = _symbols[symbols[i]];
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
        }

        // By rank, then by place; an entry is stale when its two parts are no longer what they were.
        PriorityQueue<(int Place, int Left, int Right, int Id), (int Rank, int Place)> queue = new(count);
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(i);
        }

        while (queue.TryDequeue(out (int Place, int Left, int Right, int Id) merge, out _))
        {
            int right = next[merge.Place];
            if (part[merge.Place] != merge.Left || right < 0 || part[right] != merge.Right)
            {
                continue;
            }

            part[merge.Place] = merge.Id;
            part[right] = -1;
            next[merge.Place] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = merge.Place;
            }

            Offer(previous[merge.Place]);
            Offer(merge.Place);
        }

        for (int i = 0; i >= 0; i = next[i])
        {
            ids.Add(part[i]);
        }

        void Offer(int place)
        {
            if (place >= 0 && next[place] >= 0 && _merges.TryGetValue((part[place], part[next[place]]), out (int Rank, int Id) merge))
            {
                queue.Enqueue((place, part[place], part[next[place]], merge.Id), (merge.Rank, place));
            }
        }
    }
}
