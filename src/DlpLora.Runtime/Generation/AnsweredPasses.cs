namespace DlpLora.Runtime.Generation;

/// <summary>What the passes of a request that ran come to: its tokens, its routing and its costs as of one sequence, and the answers one by one.</summary>
/// <param name="passes">The passes, at least one; the last one's answer is complete.</param>
/// <param name="text">The text of their answers; null without a tokenizer.</param>
internal sealed class AnsweredPasses(GenerationPass[] passes, AnswerText? text)
{
    /// <summary>The tokens of the answers, one after the other.</summary>
    public IReadOnlyList<int> OutputIds => passes.Length == 1 ? passes[0].Output : [.. passes.SelectMany(p => p.Output)];

    /// <summary>The tokens of all passes; the times are not known here and zero.</summary>
    public GenerationUsage Usage => new()
    {
        PromptTokens = passes.Sum(p => p.PromptTokens),
        CachedTokens = passes.Sum(p => p.CachedTokens),
        CompletionTokens = passes.Sum(p => p.Output.Count),
        GuessedTokens = passes.Sum(p => p.Guessed),
        GuessedRightTokens = passes.Sum(p => p.GuessedRight),
        QueueTime = TimeSpan.Zero,
        PrepareTime = TimeSpan.Zero,
        PrefillTime = TimeSpan.Zero,
        DecodeTime = TimeSpan.Zero,
    };

    /// <summary>The mixtures of all passes, each prompt and its answer after those before.</summary>
    public IReadOnlyList<AppliedMixture> Routing
    {
        get
        {
            if (passes.Length == 1)
            {
                return passes[0].Routing;
            }

            List<AppliedMixture> routing = [];
            int before = 0;
            foreach (GenerationPass pass in passes)
            {
                routing.AddRange(pass.Routing.Select(r => r with { FirstToken = before + r.FirstToken, EndToken = before + r.EndToken }));
                before += pass.PromptTokens + pass.Output.Count;
            }

            return routing;
        }
    }

    /// <summary>The answer of each pass that asked one question of the turn.</summary>
    /// <param name="last">Why the last of them ended.</param>
    public IReadOnlyList<SegmentAnswer> Answers(FinishReason last)
    {
        List<SegmentAnswer> answers = [];
        for (int i = 0; i < passes.Length; i++)
        {
            if (passes[i].Question is { } question)
            {
                answers.Add(new SegmentAnswer
                {
                    Start = question.Start,
                    End = question.End,
                    Text = text?.Answer(i),
                    Mixture = passes[i].Planned.Mixture,
                    Decision = passes[i].Planned.Decision!,
                    FinishReason = i == passes.Length - 1 ? last : passes[i].Reason,
                    PromptTokens = passes[i].PromptTokens,
                    CompletionTokens = passes[i].Output.Count,
                });
            }
        }

        return answers;
    }
}
