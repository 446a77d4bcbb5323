namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>What a thread keeps of one unit: its queries, the scores of one block of keys, and for each query row what is summed up so far.</summary>
internal readonly unsafe struct AttentionScratch
{
    /// <summary>Keys whose scores are held at a time: they and their values stay in the nearest cache.</summary>
    public const int Keys = 64;

    private const int Alignment = 64;

    /// <param name="memory">At least <see cref="Bytes"/>.</param>
    /// <param name="queries">Most query rows of a unit.</param>
    /// <param name="headSize">Numbers of a head.</param>
    public AttentionScratch(void* memory, int queries, int headSize)
    {
        Queries = (float*)(((nint)memory + Alignment - 1) / Alignment * Alignment);
        Sums = Queries + ((long)queries * headSize);
        Scores = Sums + ((long)queries * headSize);
        Highest = Scores + ((long)queries * Keys);
        Weight = Highest + queries;
        Decay = Weight + queries;
        Visible = Decay + queries;
    }

    /// <summary>[queries, head size] or [head size, queries].</summary>
    public float* Queries { get; }

    /// <summary>[queries, head size]: values times weights.</summary>
    public float* Sums { get; }

    /// <summary>[queries, <see cref="Keys"/>] or the other way round.</summary>
    public float* Scores { get; }

    /// <summary>[queries]: the highest score, which weights are relative to.</summary>
    public float* Highest { get; }

    /// <summary>[queries]: all weights together.</summary>
    public float* Weight { get; }

    /// <summary>[queries]: what the sums so far are to be multiplied with, since a higher score was met.</summary>
    public float* Decay { get; }

    /// <summary>[queries]: how many keys each sees.</summary>
    public float* Visible { get; }

    public static long Bytes(int queries, int headSize) => Alignment + ((long)queries * ((2 * headSize) + Keys + 4) * sizeof(float));
}
