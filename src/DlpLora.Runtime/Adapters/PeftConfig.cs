namespace DlpLora.Runtime.Adapters;

/// <summary>What <c>adapter_config.json</c> says, as far as it decides which modules have which rank and scale.</summary>
internal sealed class PeftConfig
{
    public const string FileName = "adapter_config.json";

    /// <summary>The largest rank accepted. Stacking gives an adapter as many rows in every slot, so one module of a huge rank would cost gigabytes.</summary>
    public const int MaximumRank = 1024;

    /// <summary>The smallest alpha accepted: what is smaller would be lost in singles, and the adapter would silently do nothing.</summary>
    public const double MinimumAlpha = 1e-6;

    public required string Path { get; init; }

    public required int Rank { get; init; }

    public required double Alpha { get; init; }

    /// <summary>Whether the scale is alpha / sqrt(r) (rsLoRA, arXiv 2312.03732) instead of alpha / r.</summary>
    public required bool RankStabilized { get; init; }

    public required PeftTargets Targets { get; init; }

    /// <summary>The first pattern that matches a module gives its rank.</summary>
    public required IReadOnlyList<(PeftPattern Pattern, int Rank)> RankPattern { get; init; }

    /// <summary>The first pattern that matches a module gives its alpha.</summary>
    public required IReadOnlyList<(PeftPattern Pattern, double Alpha)> AlphaPattern { get; init; }

    public int RankOf(string module)
    {
        foreach ((PeftPattern pattern, int rank) in RankPattern)
        {
            if (pattern.IsMatch(module))
            {
                return rank;
            }
        }

        return Rank;
    }

    /// <summary>The factor s of B A: alpha / r or alpha / sqrt(r).</summary>
    public double ScaleOf(string module)
    {
        double alpha = Alpha;
        foreach ((PeftPattern pattern, double own) in AlphaPattern)
        {
            if (pattern.IsMatch(module))
            {
                alpha = own;
                break;
            }
        }

        int rank = RankOf(module);
        return RankStabilized ? alpha / Math.Sqrt(rank) : alpha / rank;
    }
}
