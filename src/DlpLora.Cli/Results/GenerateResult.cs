using System.Text.Json.Serialization;

namespace DlpLora.Cli.Results;

/// <summary>A line of <c>dlplora generate</c>.</summary>
internal sealed record GenerateResult
{
    public required string Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required string? Text { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BaseText { get; init; }

    /// <summary>The answers question by question, where the prompt had several.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AnswerRow>? Answers { get; init; }

    public required IReadOnlyList<int> OutputIds { get; init; }

    public required string FinishReason { get; init; }

    public required UsageRow Usage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required RoutingRow? Routing { get; init; }
}
