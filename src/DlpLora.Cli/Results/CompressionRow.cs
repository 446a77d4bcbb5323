using DlpLora.Runtime.Fusion;

namespace DlpLora.Cli.Results;

/// <summary>How a mixture was brought to a lower rank: its adapters' ranks added up, the rank that computed, and the relative errors.</summary>
internal sealed record CompressionRow(int MixtureRank, int Rank, double Error, double WorstModuleError, string WorstModule)
{
    public static CompressionRow? From(MixtureCompression? compression) => compression is null ? null : new CompressionRow(
        compression.MixtureRank,
        compression.Rank,
        Math.Round(compression.Error, 6),
        Math.Round(compression.WorstModuleError, 6),
        compression.WorstModule);
}
