using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime;

/// <summary>What the engine logs. Texts of users appear at Trace only.</summary>
internal static partial class EngineLog
{
    [LoggerMessage(1, LogLevel.Information, "Loaded {Folder}: {Architecture} {Precision}, {Slots} slots, {Adapters} adapters registered")]
    public static partial void Loaded(this ILogger log, string folder, string architecture, string precision, int slots, int adapters);

    [LoggerMessage(2, LogLevel.Warning, "Router {Version} has labels without a registered adapter, which are left out: {Labels}")]
    public static partial void LabelsLeftOut(this ILogger log, string version, string labels);

    [LoggerMessage(3, LogLevel.Debug, "Answered: {PromptTokens} prompt tokens, {CompletionTokens} tokens, {Reason}, {Mixture}")]
    public static partial void Answered(this ILogger log, int promptTokens, int completionTokens, Generation.FinishReason reason, string mixture);

    [LoggerMessage(4, LogLevel.Warning, "A request failed")]
    public static partial void Failed(this ILogger log, Exception error);

    [LoggerMessage(5, LogLevel.Debug, "The adapters of a waiting request were not loaded beforehand")]
    public static partial void NotForeseen(this ILogger log, Exception error);

    [LoggerMessage(
        6, LogLevel.Debug, "A mixture of {Adapters} adapters was compressed from rank {MixtureRank} to {Rank} in {Milliseconds:0.0} ms: error {Error:0.0000}, at most {WorstError:0.0000} ({Module})")]
    public static partial void Compressed(
        this ILogger log, int adapters, int mixtureRank, int rank, double error, double worstError, string module, double milliseconds);
}
