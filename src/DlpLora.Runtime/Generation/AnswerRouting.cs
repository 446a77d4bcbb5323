using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// Routes an answer further while it is being written (DLP-LoRA's sentence scope): at each sentence's end a fresh decision over the
/// recent context, taken over only when it beats the decision in force by the policy's margin.
/// </summary>
/// <remarks>
/// The recent context is the last segment of the last user turn and the answer so far, of which the last <see cref="ContextLimit"/>
/// characters count: the question keeps its say in a short answer, and loses it slowly in a long one.
/// </remarks>
internal sealed class AnswerRouting(RequestRouting routing, string lastSegment, RoutingDecision inForce)
{
    public const int ContextLimit = 2000;
    private const int SentenceWindow = 400;

    private RoutingDecision _inForce = inForce;
    private int _decidedAt;

    /// <summary>Asks the router if the answer has just come to the end of a sentence.</summary>
    /// <param name="answer">The answer's text so far.</param>
    /// <returns>The mixture to go on with, in force once <see cref="Accept"/> says so, or null to keep the present one.</returns>
    public PlannedMixture? AtSentenceEnd(ReadOnlySpan<char> answer)
    {
        ReadOnlySpan<char> fresh = answer[_decidedAt..];
        if (fresh.IsWhiteSpace() || !SentenceSegmenter.EndsSentence(fresh.Length > SentenceWindow ? fresh[^SentenceWindow..] : fresh))
        {
            return null;
        }

        _decidedAt = answer.Length;
        string context = string.Concat(lastSegment, lastSegment.Length > 0 ? "\n" : string.Empty, answer);
        if (context.Length > ContextLimit)
        {
            context = context[^ContextLimit..];
        }

        RoutingDecision decision = routing.Decide(context);
        return decision.Supersedes(_inForce, routing.SwitchMargin)
            ? new PlannedMixture(decision.ToMixture(), MixtureOrigin.Router, decision, context)
            : null;
    }

    /// <summary>Puts a mixture in force, which later decisions have to beat.</summary>
    public void Accept(PlannedMixture switched) => _inForce = switched.Decision!;
}
