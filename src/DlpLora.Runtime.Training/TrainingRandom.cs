namespace DlpLora.Runtime.Training;

/// <summary>A small seeded generator (SplitMix64): every example of every epoch has its own, so the order of threads changes nothing.</summary>
internal struct TrainingRandom
{
    private ulong _state;

    public TrainingRandom(ulong seed, ulong stream = 0, ulong substream = 0)
    {
        _state = seed * 0x9E3779B97F4A7C15;
        _state = Next() ^ (stream * 0xD1B54A32D192ED03);
        _state = Next() ^ (substream * 0x8CB92BA72F3D8DD7);
    }

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to limit - 1.</summary>
    public int Below(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>0 to 1, without 1.</summary>
    public float Single() => (Next() >> 40) * (1f / (1 << 24));

    public bool Chance(float probability) => Single() < probability;

    /// <summary>Normal with mean 0 and deviation 1 (the sum of twelve uniform draws is near enough for weights).</summary>
    public float Normal()
    {
        float sum = -6;
        for (int i = 0; i < 12; i++)
        {
            sum += Single();
        }

        return sum;
    }

    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
