using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>What an answer cost; times in milliseconds.</summary>
internal sealed record UsageRow(int PromptTokens, int CachedTokens, int CompletionTokens, double PrefillMs, double DecodeMs)
{
    public static UsageRow From(GenerationUsage usage) => new(
        usage.PromptTokens,
        usage.CachedTokens,
        usage.CompletionTokens,
        Math.Round(usage.PrefillTime.TotalMilliseconds, 3),
        Math.Round(usage.DecodeTime.TotalMilliseconds, 3));
}
