namespace DlpLora.Runtime.Adapters;

/// <summary>What a PEFT folder says of itself, without a model to hold it against.</summary>
/// <param name="Rank">The rank <c>r</c>, before patterns.</param>
/// <param name="Alpha"><c>lora_alpha</c>, before patterns.</param>
/// <param name="RankStabilized">Whether B A is scaled by alpha / sqrt(r) (rsLoRA, arXiv 2312.03732) instead of alpha / r.</param>
/// <param name="WeightsPath">The file of its weights.</param>
public sealed record PeftDescription(int Rank, double Alpha, bool RankStabilized, string WeightsPath)
{
    /// <summary>Reads an adapter's configuration.</summary>
    /// <param name="folder">The PEFT folder.</param>
    /// <exception cref="InvalidFileException">It is missing, damaged, or asks for something that this runtime does not compute.</exception>
    public static PeftDescription Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = Path.GetFullPath(folder);
        PeftConfig config = PeftConfigReader.Read(full);
        return new PeftDescription(config.Rank, config.Alpha, config.RankStabilized, Path.Combine(full, PeftAdapter.WeightsFileName));
    }
}
