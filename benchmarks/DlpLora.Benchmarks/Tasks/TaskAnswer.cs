namespace DlpLora.Benchmarks.Tasks;

/// <summary>One answer of one configuration, and what it cost.</summary>
internal sealed record TaskAnswer(
    string Id,
    string Text,
    string Mixture,
    int Adapters,
    string? FirstAdapter,
    double RouterMicroseconds,
    double PrefillMs,
    double DecodeMs,
    int PromptTokens,
    int CompletionTokens);
