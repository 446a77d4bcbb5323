using DlpLora.Cli.Results;
using DlpLora.Cli.Rows;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Templates;

namespace DlpLora.Cli.Answering;

/// <summary>Answers the rows of one <c>generate</c>, several at a time if wanted; a row that fails does not stop the others.</summary>
internal sealed class RowAnswerer(DlpLoraEngine engine, GenerationRequest shared, bool withBase, SafetensorsWriter? logits)
{
    private readonly HashSet<string> _logitNames = new(StringComparer.Ordinal);

    /// <summary>Answers a row.</summary>
    /// <returns>The answer, and the logits at the last prompt position where they are wanted.</returns>
    /// <exception cref="DlpLoraException">The row cannot be answered.</exception>
    public async Task<(GenerateResult Result, float[]? Logits)> AnswerAsync(GenerateRow row, CancellationToken cancellationToken)
    {
        GenerationRequest request = shared with
        {
            Messages = row.Input is null ? null : [new ChatMessage("user", row.Input)],
            InputIds = row.InputIds,
            Mixture = row.Mixture ?? shared.Mixture,
            ReturnPromptLogits = logits is not null,
        };
        GenerationResult result = await engine.GenerateAsync(request, cancellationToken).ConfigureAwait(false);
        GenerationResult? baseResult = withBase
            ? await engine.GenerateAsync(request with { Mixture = Mixture.Empty, ReturnPromptLogits = false }, cancellationToken).ConfigureAwait(false)
            : null;
        string source = row.Mixture is not null ? "mixture" : shared.Mixture is not null ? "adapter" : "router";
        GenerateResult answer = new()
        {
            Id = row.Id,
            Text = result.Text,
            BaseText = baseResult?.Text,
            Answers = result.Answers.Count > 0 ? [.. result.Answers.Select(AnswerRow.From)] : null,
            OutputIds = result.OutputIds,
            FinishReason = FinishReasons.NameOf(result.FinishReason),
            Usage = UsageRow.From(result.Usage),
            Routing = RoutingRow.From(result, source),
        };
        return (answer, result.PromptLogits);
    }

    /// <summary>Keeps a row's logits under its id, to be called in the rows' order.</summary>
    /// <exception cref="InvalidRequestException">The id cannot name a tensor, or names one already.</exception>
    public void Keep(string id, float[]? rowLogits)
    {
        if (logits is null)
        {
            return;
        }

        CheckTensorName(id);
        logits.Add(id, rowLogits!, rowLogits!.Length);
        _logitNames.Add(id);
    }

    private void CheckTensorName(string id)
    {
        if (id == SafetensorsWriter.MetadataKey)
        {
            throw new InvalidRequestException("id", $"is '{id}', which no tensor can be named; expected another, since --logits is given");
        }

        if (_logitNames.Contains(id))
        {
            throw new InvalidRequestException("id", $"'{id}' stands in an earlier row; expected ids that can name tensors, since --logits is given");
        }
    }
}
