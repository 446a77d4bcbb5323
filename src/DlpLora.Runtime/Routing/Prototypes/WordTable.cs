namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>Feature hash to the added labels that know the feature, and by how much it speaks for them.</summary>
internal sealed class WordTable
{
    private readonly int _mask;
    private readonly uint[] _keys; // [slots], 0 where empty
    private readonly int[] _firsts; // [slots], the key's first entry
    private readonly int[] _nexts; // [entries], the same key's next entry, or -1
    private readonly int[] _columns; // [entries]
    private readonly sbyte[] _weights; // [entries]

    /// <param name="hashes">[entries].</param>
    /// <param name="weights">[entries].</param>
    /// <param name="columns">[entries], the sum that the entry's weight is added to.</param>
    public WordTable(uint[] hashes, sbyte[] weights, int[] columns)
    {
        // A quarter full at most: nearly all features of a text are in no list, and one look tells.
        int slots = 4;
        while (slots < 4 * hashes.Length)
        {
            slots *= 2;
        }

        _mask = slots - 1;
        _keys = new uint[slots];
        _firsts = new int[slots];
        _nexts = new int[hashes.Length];
        _columns = columns;
        _weights = weights;
        for (int i = hashes.Length - 1; i >= 0; i--)
        {
            int slot = Slot(Key(hashes[i]));
            _nexts[i] = _keys[slot] == 0 ? -1 : _firsts[slot];
            _keys[slot] = Key(hashes[i]);
            _firsts[slot] = i;
        }
    }

    /// <summary>Adds what a feature says.</summary>
    /// <param name="hash">The feature.</param>
    /// <param name="sums">[columns].</param>
    public void Add(uint hash, Span<int> sums)
    {
        uint key = Key(hash);
        int slot = Slot(key);
        if (_keys[slot] == 0)
        {
            return;
        }

        for (int entry = _firsts[slot]; entry >= 0; entry = _nexts[entry])
        {
            sums[_columns[entry]] += _weights[entry];
        }
    }

    // 0 marks an empty slot.
    private static uint Key(uint hash) => hash == 0 ? 1 : hash;

    private int Slot(uint key)
    {
        // Hashes come well mixed from the extractor.
        int slot = (int)(key & (uint)_mask);
        while (_keys[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & _mask;
        }

        return slot;
    }
}
