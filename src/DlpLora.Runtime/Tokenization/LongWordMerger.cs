namespace DlpLora.Runtime.Tokenization;

/// <summary>Byte-pair merges in O(n log n), for pre-tokens of any length, with the same result as <see cref="BytePairModel"/>'s own for the usual ones.</summary>
internal static class LongWordMerger
{
    /// <summary>Merges in place.</summary>
    /// <param name="merges">The merges.</param>
    /// <param name="parts">A token a byte, at least one; what they become.</param>
    /// <returns>How many parts are left.</returns>
    public static int Merge(MergeTable merges, Span<int> parts)
    {
        // Parts are a doubly linked list over the bytes' places; a part that was merged into its left neighbour has id -1.
        int count = parts.Length;
        int[] part = parts.ToArray();
        int[] previous = new int[count];
        int[] next = new int[count];
        for (int i = 0; i < count; i++)
        {
            previous[i] = i - 1;
            next[i] = i + 1 < count ? i + 1 : -1;
        }

        // By rank, then by place; an entry is stale when its two parts are no longer what they were.
        PriorityQueue<(int Place, int Left, int Right), (int Rank, int Place)> queue = new(count);
        for (int i = 0; i + 1 < count; i++)
        {
            Offer(i);
        }

        while (queue.TryDequeue(out (int Place, int Left, int Right) pair, out (int Rank, int Place) order))
        {
            int right = next[pair.Place];
            if (part[pair.Place] != pair.Left || right < 0 || part[right] != pair.Right)
            {
                continue;
            }

            part[pair.Place] = merges.MergedBy(order.Rank);
            part[right] = -1;
            next[pair.Place] = next[right];
            if (next[right] >= 0)
            {
                previous[next[right]] = pair.Place;
            }

            Offer(previous[pair.Place]);
            Offer(pair.Place);
        }

        int left = 0;
        for (int i = 0; i >= 0; i = next[i])
        {
            parts[left++] = part[i];
        }

        return left;

        void Offer(int place)
        {
            if (place >= 0 && next[place] >= 0 && merges.RankOf(part[place], part[next[place]]) is not MergeTable.None and int rank)
            {
                queue.Enqueue((place, part[place], part[next[place]]), (rank, place));
            }
        }
    }
}
