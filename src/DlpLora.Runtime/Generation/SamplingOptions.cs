namespace DlpLora.Runtime.Generation;

/// <summary>How the next token is picked from the logits. The defaults are greedy: always the most likely token.</summary>
/// <remarks>
/// The order of the steps: repetition penalty, presence and frequency penalty, temperature, top-k, top-p, min-p, then one draw. With
/// <see cref="Temperature"/> 0 the penalties apply and the largest logit wins.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Greedy: temperature 0 and no penalties.</summary>
    public static SamplingOptions Greedy { get; } = new();

    /// <summary>Divides the logits before the softmax.</summary>
    /// <value>0 (greedy) to 100. Default 0.</value>
    public float Temperature { get; init; }

    /// <summary>Only the k most likely tokens are drawn from.</summary>
    /// <value>1 or more, or 0 for all. Default 0.</value>
    public int TopK { get; init; }

    /// <summary>Only the smallest set of tokens, most likely first, whose probabilities reach p is drawn from (nucleus sampling, arXiv 1904.09751).</summary>
    /// <value>Above 0, at most 1. Default 1 (all).</value>
    public float TopP { get; init; } = 1f;

    /// <summary>Only tokens at least this fraction as likely as the most likely one are drawn from (arXiv 2407.01082).</summary>
    /// <value>0 to 1. Default 0 (all).</value>
    public float MinP { get; init; }

    /// <summary>
    /// Divides the positive logits, and multiplies the negative ones, of every token that stands in the prompt or the answer: Hugging
    /// Face's meaning (CTRL, arXiv 1909.05858).
    /// </summary>
    /// <value>Above 0, at most 100. Default 1 (off).</value>
    public float RepetitionPenalty { get; init; } = 1f;

    /// <summary>Is subtracted once from the logit of every token that stands in the answer: OpenAI's meaning.</summary>
    /// <value>-2 to 2. Default 0 (off).</value>
    public float PresencePenalty { get; init; }

    /// <summary>Is subtracted from a token's logit for every time that it stands in the answer: OpenAI's meaning.</summary>
    /// <value>-2 to 2. Default 0 (off).</value>
    public float FrequencyPenalty { get; init; }

    /// <summary>The seed of the draws. The same seed, request and model give the same answer on the same kind of machine.</summary>
    /// <value>Any number, or null for a fresh one, which <see cref="GenerationResult.Seed"/> tells. Default null.</value>
    public long? Seed { get; init; }
}
