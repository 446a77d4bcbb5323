namespace DlpLora.Runtime.Evaluation.Scoring;

/// <summary>
/// Reads which option an answer chooses: by a leading letter (<c>B</c>, <c>B)</c>, <c>(B)</c>, <c>B.</c>, <c>B:</c>), else by an option's
/// exact text, else by the only option that it contains as whole words. Case does not count, except for the letter.
/// </summary>
public static class MultipleChoice
{
    /// <summary>The option that an answer chooses, or null when it chooses none or several.</summary>
    /// <param name="answer">What the model wrote.</param>
    /// <param name="options">The options' texts, without their letters, in order.</param>
    public static int? Choose(string answer, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(options);
        string trimmed = answer.Trim();
        return LeadingLetter(trimmed, options.Count) ?? ExactText(trimmed, options) ?? OnlyContained(trimmed, options);
    }

    private static int? LeadingLetter(string answer, int count)
    {
        int place = answer.StartsWith('(') ? 1 : 0;
        if (place >= answer.Length || !char.IsAsciiLetterUpper(answer[place]) || answer[place] - 'A' >= count)
        {
            return null;
        }

        // "A" before a word is an article, not a choice.
        bool ends = place + 1 == answer.Length || answer[place + 1] is ')' or '.' or ':' or '\n' or '\r';
        return ends ? answer[place] - 'A' : null;
    }

    private static int? ExactText(string answer, IReadOnlyList<string> options)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (string.Equals(answer, options[i].Trim(), StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return null;
    }

    private static int? OnlyContained(string answer, IReadOnlyList<string> options)
    {
        int? only = null;
        for (int i = 0; i < options.Count; i++)
        {
            if (!Contains(answer, options[i].Trim()))
            {
                continue;
            }

            if (only is not null)
            {
                return null;
            }

            only = i;
        }

        return only;
    }

    private static bool Contains(string answer, string option)
    {
        if (option.Length == 0)
        {
            return false;
        }

        for (int i = answer.IndexOf(option, StringComparison.OrdinalIgnoreCase); i >= 0; i = answer.IndexOf(option, i + 1, StringComparison.OrdinalIgnoreCase))
        {
            int end = i + option.Length;
            bool startsWord = i == 0 || !char.IsLetterOrDigit(answer[i - 1]) || !char.IsLetterOrDigit(option[0]);
            bool endsWord = end == answer.Length || !char.IsLetterOrDigit(answer[end]) || !char.IsLetterOrDigit(option[^1]);
            if (startsWord && endsWord)
            {
                return true;
            }
        }

        return false;
    }
}
