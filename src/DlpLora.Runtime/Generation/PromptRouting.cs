using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// Gives every token of a prompt its mixture. Prompt scope: one decision over the last user turn for all of it. Sentence scope: each segment
/// of the last user turn has its own decision, unless the turn is one question; earlier user turns, and the turns that follow them, have the
/// earlier turn's own; the template's tokens, turns before the first user's, and the answer's start have the decision over the whole last user turn.
/// </summary>
internal static class PromptRouting
{
    /// <param name="routing">The request's routing.</param>
    /// <param name="turns">The prompt's messages in their order.</param>
    /// <param name="ids">The prompt's tokens.</param>
    /// <param name="offsets">Each token's characters in the prompt; null where they are not known.</param>
    /// <param name="oneQuestion">Whether the last user turn is one question: read and answered with one decision.</param>
    public static PreparedPrompt Route(
        RequestRouting routing, IReadOnlyList<PromptTurn> turns, int[] ids, TextRange[]? offsets, bool oneQuestion)
    {
        int last = turns.Count - 1;
        while (last >= 0 && !turns[last].IsUser)
        {
            last--;
        }

        if (last < 0)
        {
            return new PreparedPrompt(ids, [PlannedMixture.Base.Over(0, ids.Length)], PlannedMixture.Base, null);
        }

        PlannedMixture whole = oneQuestion ? Plan(routing.Decide(turns[last].Text), turns[last].Text) : PlanTurn(routing, turns[last].Text);
        if (routing.Scope == RoutingScope.Prompt)
        {
            return new PreparedPrompt(ids, [whole.Over(0, ids.Length)], whole, null);
        }

        string lastSegment = turns[last].Text;
        IReadOnlyList<AppliedMixture> parts = [whole.Over(0, ids.Length)];
        if (offsets is not null)
        {
            List<(TextRange Range, PlannedMixture Mixture)> places = [];
            AddEarlierTurns(routing, turns, last, places);
            lastSegment = oneQuestion ? lastSegment : AddSegments(routing, turns[last], places);

            // A template may print the messages in another order than they came in.
            places.Sort((x, y) => x.Range.Start.CompareTo(y.Range.Start));
            parts = Spread(places, whole, offsets);
        }

        return new PreparedPrompt(ids, parts, whole, oneQuestion ? null : new AnswerRouting(routing, lastSegment, whole.Decision!));
    }

    private static PlannedMixture Plan(RoutingDecision decision, string text) => new(decision.ToMixture(), MixtureOrigin.Router, decision, text);

    /// <summary>
    /// Plans for a whole turn. A turn of several tasks may look like none of them; where the router leaves it to the base although it is sure
    /// of each of its questions, it gets the mean of their mixtures.
    /// </summary>
    private static PlannedMixture PlanTurn(RequestRouting routing, string text)
    {
        RoutingDecision decision = routing.Decide(text);
        if (decision.Reason == RoutingReason.Abstained)
        {
            IReadOnlyList<SegmentDecision> questions = routing.DecideQuestions(text);
            if (questions.Count > 1 && questions.All(q => !q.Decision.Abstained))
            {
                return new PlannedMixture(routing.Mean([.. questions.Select(q => q.Decision.ToMixture())]), MixtureOrigin.Router, decision, text);
            }
        }

        return Plan(decision, text);
    }

    private static void AddEarlierTurns(RequestRouting routing, IReadOnlyList<PromptTurn> turns, int last, List<(TextRange, PlannedMixture)> places)
    {
        PlannedMixture? owner = null;
        for (int i = 0; i < last; i++)
        {
            if (turns[i].IsUser)
            {
                owner = Plan(routing.Decide(turns[i].Text), turns[i].Text);
            }

            if (owner is not null && turns[i].Range is { } range)
            {
                places.Add((range, owner));
            }
        }
    }

    /// <summary>Adds the segments of the last user turn, and returns the text of the last of them.</summary>
    private static string AddSegments(RequestRouting routing, PromptTurn turn, List<(TextRange, PlannedMixture)> places)
    {
        IReadOnlyList<SegmentDecision> segments = routing.DecideSegments(turn.Text);
        if (segments.Count <= 1)
        {
            return turn.Text;
        }

        string text = turn.Text;
        foreach (SegmentDecision segment in segments)
        {
            text = turn.Text[segment.Start..segment.End];
            if (turn.Range is { } range)
            {
                places.Add((new TextRange(range.Start + segment.Start, range.Start + segment.End), Plan(segment.Decision, text)));
            }
        }

        return text;
    }

    /// <summary>Gives each token the mixture of the place in which its middle lies, so a word with the space before it belongs to the word.</summary>
    private static List<AppliedMixture> Spread(List<(TextRange Range, PlannedMixture Mixture)> places, PlannedMixture elsewhere, TextRange[] offsets)
    {
        List<AppliedMixture> parts = [];
        PlannedMixture? current = null;
        int first = 0;
        int place = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            int middle = offsets[i].Start + (offsets[i].Length / 2);
            while (place < places.Count && places[place].Range.End <= middle)
            {
                place++;
            }

            PlannedMixture mixture = place < places.Count && places[place].Range.Contains(middle) ? places[place].Mixture : elsewhere;
            if (!ReferenceEquals(mixture, current))
            {
                if (current is not null)
                {
                    parts.Add(current.Over(first, i));
                }

                (current, first) = (mixture, i);
            }
        }

        parts.Add(current!.Over(first, offsets.Length));
        return parts;
    }
}
