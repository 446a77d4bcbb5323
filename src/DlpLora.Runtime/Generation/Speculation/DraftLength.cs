namespace DlpLora.Runtime.Generation.Speculation;

/// <summary>
/// How many guessed tokens are worth checking in one run of the model: the number with the most tokens for its price, by how many guesses came
/// true so far after matches of that length; none while guesses do not pay.
/// </summary>
/// <remarks>
/// With each guess right at rate p, k guesses bring (1 - p^(k + 1)) / (1 - p) tokens (Leviathan et al., arXiv 2211.17192) and cost
/// 1 + <see cref="CostOfToken"/> k runs. It counts, it does not measure time, so that the same request takes the same road twice.
/// </remarks>
internal sealed class DraftLength
{
    /// <summary>The most guesses in one run.</summary>
    public const int Most = 10;

    /// <summary>What one more token costs in a run, in runs of one token: measured on int4, <c>benchmarks/results/lookup.md</c>.</summary>
    private const double CostOfToken = 0.3;

    /// <summary>A gain smaller than this is left: the guesses' rate is known less exactly.</summary>
    private const double LeastGain = 1.05;

    private const double Weight = 0.2;
    private const double Recovery = 0.02;

    /// <summary>The rate to begin with, by length of the match.</summary>
    private static readonly double[] First = [0.55, 0.7, 0.85];

    private readonly double[] _rates = [.. First];

    /// <summary>How many guesses to check after a match of so many tokens; 0 for an ordinary step.</summary>
    public int For(int match)
    {
        if (match < 2)
        {
            return 0;
        }

        int kind = Kind(match);
        double rate = _rates[kind];
        double bestGain = LeastGain;
        int best = 0;
        double tokens = 1;
        double power = 1;
        for (int k = 1; k <= Most; k++)
        {
            power *= rate;
            tokens += power;
            double gain = tokens / (1 + (CostOfToken * k));
            if (gain > bestGain)
            {
                (best, bestGain) = (k, gain);
            }
        }

        if (best == 0)
        {
            // Slowly back to the first estimate: the answer may come to a stretch where guesses pay again.
            _rates[kind] = Math.Min(First[kind], rate + Recovery);
        }

        return best;
    }

    /// <summary>Learns from a check.</summary>
    /// <param name="match">The match's length.</param>
    /// <param name="checkedTokens">Guesses that were checked.</param>
    /// <param name="right">How many of them, from the first, came true.</param>
    public void Learn(int match, int checkedTokens, int right)
    {
        ref double rate = ref _rates[Kind(match)];
        for (int i = 0; i < Math.Min(checkedTokens, right + 1); i++)
        {
            rate += Weight * ((i < right ? 1 : 0) - rate);
        }
    }

    private static int Kind(int match) => match switch { 2 => 0, <= 4 => 1, _ => 2 };
}
