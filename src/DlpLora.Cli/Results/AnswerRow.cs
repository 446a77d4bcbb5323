using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>The answer to one question of a row: UTF-16 offsets of the question in the input, <c>end</c> exclusive.</summary>
internal sealed record AnswerRow(int Start, int End, string? Text, bool Abstained, IReadOnlyList<AdapterRow> Adapters, string FinishReason)
{
    public static AnswerRow From(SegmentAnswer answer) => new(
        answer.Start, answer.End, answer.Text, answer.Decision.Abstained, AdapterRow.From(answer.Decision), FinishReasons.NameOf(answer.FinishReason));
}
