using System.Numerics;

namespace DlpLora.Runtime.Tokenization;

/// <summary>The merges of byte-pair encoding: which two tokens become which third, and which merge comes before which.</summary>
/// <remarks>Filled while a file is read; read by any number of threads from then on.</remarks>
internal sealed class MergeTable
{
    /// <summary>The rank of two tokens that do not merge: later than every other.</summary>
    public const int None = int.MaxValue;

    /// <summary>Drawn anew for every table, so that no file can be made whose merges all fall on one place. Odd.</summary>
    private readonly ulong _multiplier = (ulong)Random.Shared.NextInt64() | 1;

    // By rank.
    private readonly int[] _left;
    private readonly int[] _right;
    private readonly int[] _merged;

    /// <summary>Ranks plus 1 by the hash of the two tokens, 0 where free; who finds a place taken goes on to the next. A power of two, at most two thirds full.</summary>
    private readonly int[] _places;
    private readonly int _shift;

    /// <param name="capacity">How many merges there will be at most.</param>
    public MergeTable(int capacity)
    {
        _left = new int[capacity];
        _right = new int[capacity];
        _merged = new int[capacity];
        _places = new int[Math.Max(2, BitOperations.RoundUpToPowerOf2((uint)(capacity + (capacity / 2) + 1)))];
        _shift = 64 - BitOperations.Log2((uint)_places.Length);
    }

    public int Count { get; private set; }

    /// <summary>Adds the next merge.</summary>
    /// <returns>False where an earlier one merges these two tokens.</returns>
    public bool TryAdd(int left, int right, int merged)
    {
        int place = PlaceOf(left, right);
        if (_places[place] != 0)
        {
            return false;
        }

        _left[Count] = left;
        _right[Count] = right;
        _merged[Count] = merged;
        _places[place] = ++Count;
        return true;
    }

    /// <summary>Which merge joins these two tokens, 0 for the first, or <see cref="None"/>.</summary>
    public int RankOf(int left, int right)
    {
        int rank = _places[PlaceOf(left, right)] - 1;
        return rank < 0 ? None : rank;
    }

    /// <summary>The token that a merge gives.</summary>
    public int MergedBy(int rank) => _merged[rank];

    /// <summary>Where two tokens lie, or the free place where they would.</summary>
    private int PlaceOf(int left, int right)
    {
        int place = (int)(((((ulong)(uint)left << 32) | (uint)right) * _multiplier) >> _shift);
        while (_places[place] is not 0 and int next && (_left[next - 1] != left || _right[next - 1] != right))
        {
            place = (place + 1) & (_places.Length - 1);
        }

        return place;
    }
}
