using System.Runtime.InteropServices;

namespace DlpLora.Runtime.Generation;

/// <summary>How often tokens stand in the prompt and in the answer, for the penalties.</summary>
internal sealed class TokenCounts
{
    /// <summary>By token: whether it was seen at all, and how often in the answer.</summary>
    private readonly Dictionary<int, int> _answer = [];

    public TokenCounts(ReadOnlySpan<int> prompt)
    {
        foreach (int id in prompt)
        {
            _answer.TryAdd(id, 0);
        }
    }

    public void Add(int id) => CollectionsMarshal.GetValueRefOrAddDefault(_answer, id, out _)++;

    /// <summary>Applies the penalties to the logits, [vocabulary], in place.</summary>
    public void Apply(SamplingOptions options, Span<float> logits)
    {
        float repetition = options.RepetitionPenalty;
        foreach ((int id, int count) in _answer)
        {
            float logit = logits[id];
            logit = logit < 0 ? logit * repetition : logit / repetition;
            if (count > 0)
            {
                logit -= options.PresencePenalty + (options.FrequencyPenalty * count);
            }

            logits[id] = logit;
        }
    }
}
