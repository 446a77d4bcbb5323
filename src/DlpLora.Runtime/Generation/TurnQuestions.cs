using System.Buffers;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// The questions of a user's turn: its segments, after those that ask for nothing by themselves (a greeting, an introduction that several
/// questions share, a context, a word of thanks) have joined the question that they belong to.
/// </summary>
internal static class TurnQuestions
{
    /// <summary>A paragraph that the router left to the base is still a question of its own when a task is more likely than none.</summary>
    private const float LikelyTask = 0.5f;

    private static readonly SearchValues<char> QuestionMarks = SearchValues.Create("?？؟;⁇՞");

    /// <summary>Finds the questions.</summary>
    /// <param name="text">The turn's text.</param>
    /// <param name="segments">Its segments, which cover it.</param>
    /// <param name="decide">Decides for a text.</param>
    /// <returns>At least one, in the text's order, covering it without gaps; each with the decision over its text without the space around it.</returns>
    public static IReadOnlyList<SegmentDecision> Find(string text, IReadOnlyList<SegmentDecision> segments, Func<string, RoutingDecision> decide)
    {
        List<SegmentDecision> questions = [.. segments];
        for (int i = 0; i < questions.Count && questions.Count > 1;)
        {
            if (!questions[i].Decision.Abstained || StandsAlone(text, questions[i]))
            {
                i++;
                continue;
            }

            bool joinsNext = i == 0 || (i < questions.Count - 1 && (EndsParagraph(text, questions[i].Start) || !EndsParagraph(text, questions[i].End)));
            int first = joinsNext ? i : i - 1;
            Join(questions, first, sure: joinsNext ? i + 1 : i - 1);
            i = first;
        }

        for (int i = questions.Count - 2; i >= 0; i--)
        {
            if (IsOneTask(text, questions[i], questions[i + 1]))
            {
                Join(questions, i, sure: i + 1);
            }
        }

        for (int i = 0; i < questions.Count; i++)
        {
            questions[i] = questions[i] with { Decision = decide(text[questions[i].Start..questions[i].End].Trim()) };
        }

        return questions;
    }

    /// <summary>Joins a question with the next one; what they are held for is what one of them was.</summary>
    private static void Join(List<SegmentDecision> questions, int first, int sure)
    {
        questions[first] = new SegmentDecision(questions[first].Start, questions[first + 1].End, questions[sure].Decision);
        questions.RemoveAt(first + 1);
    }

    /// <summary>Whether a segment that the router left to the base is a question for the base: a paragraph that asks.</summary>
    private static bool StandsAlone(string text, SegmentDecision segment) =>
        EndsParagraph(text, segment.Start) && EndsParagraph(text, segment.End) &&
        (segment.Decision.Confidence >= LikelyTask || Asks(text.AsSpan(segment.Start, segment.End - segment.Start)));

    /// <summary>
    /// Whether two neighbours are one task after all: they share their first adapter, or stand in one line of which the first part asks nothing,
    /// as the story before a question does.
    /// </summary>
    private static bool IsOneTask(string text, SegmentDecision first, SegmentDecision second) =>
        !EndsParagraph(text, second.Start) &&
        ((!first.Decision.Abstained && !second.Decision.Abstained && first.Decision.Adapters[0].Name == second.Decision.Adapters[0].Name)
        || (!EndsLine(text, second.Start) && !Asks(text.AsSpan(first.Start, first.End - first.Start))));

    private static bool Asks(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd();
        return text.Length > 0 && QuestionMarks.Contains(text[^1]);
    }

    private static bool EndsLine(string text, int at) => LineBreaks(text, at) > 0;

    private static bool EndsParagraph(string text, int at) => at == 0 || at == text.Length || LineBreaks(text, at) > 1;

    /// <summary>Line breaks in the white space before a place.</summary>
    private static int LineBreaks(string text, int at)
    {
        int breaks = 0;
        for (int i = at - 1; i >= 0 && char.IsWhiteSpace(text[i]); i--)
        {
            breaks += text[i] == '\n' ? 1 : 0;
        }

        return breaks;
    }
}
