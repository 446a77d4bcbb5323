using System.Text.RegularExpressions;
using DlpLora.Runtime.Tokenization.PreTokenizers;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>
/// Reads the pre-tokenizers. The last one must be <c>ByteLevel</c>, since the model reads the byte alphabet. A new kind is one more
/// case here and one more class in <c>PreTokenizers</c>.
/// </summary>
internal static class PreTokenizerReader
{
    /// <summary>Longest time that one match of a file's pattern may take, where it can't be run without backtracking.</summary>
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    private const int MaximumPatternLength = 4096;

    public static IPreTokenizer Read(JsonPlace node)
    {
        if (node.Required("type").Text() != "Sequence")
        {
            return ReadOne(node, last: true);
        }

        node.Only("type", "pretokenizers");
        JsonPlace[] items = node.Required("pretokenizers").Items();
        if (items.Length == 0)
        {
            throw node.Error("is an empty Sequence; expected one that ends with ByteLevel");
        }

        return new PreTokenizerSequence([.. items.Select((item, i) => ReadOne(item, last: i == items.Length - 1))]);
    }

    private static IPreTokenizer ReadOne(JsonPlace node, bool last)
    {
        string type = node.Required("type").Text();
        if (last != (type == "ByteLevel"))
        {
            throw node.Error($"is a pre-tokenizer of type '{JsonPlace.Shortened(type)}'; this library reads pre-tokenizers whose last, and only the last, is ByteLevel");
        }

        switch (type)
        {
            case "ByteLevel":
                node.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                if (node.Flag("add_prefix_space", fallback: true))
                {
                    throw node.Error("asks for add_prefix_space, which this library does not do");
                }

                return node.Flag("use_regex", fallback: true) ? new GptWordPreTokenizer() : new WholePreTokenizer();
            case "Digits":
                node.Only("type", "individual_digits");
                return new DigitsPreTokenizer(node.Flag("individual_digits", fallback: false));
            case "Split":
                return ReadSplit(node);
            default:
                throw node.Error($"is a pre-tokenizer of type '{JsonPlace.Shortened(type)}'; this library has Sequence, Split, Digits and ByteLevel");
        }
    }

    private static SplitPreTokenizer ReadSplit(JsonPlace node)
    {
        node.Only("type", "pattern", "behavior", "invert");
        JsonPlace pattern = node.Required("pattern");
        pattern.Only("Regex", "String");
        JsonPlace text = pattern.Optional("Regex") ?? pattern.Required("String");
        string expression = text.Text();
        if (expression.Length is 0 or > MaximumPatternLength)
        {
            throw text.Error($"has {expression.Length} characters; expected 1 to {MaximumPatternLength}");
        }

        JsonPlace behavior = node.Required("behavior");
        if (!Enum.TryParse(behavior.Text(), out SplitBehavior how) || how.ToString() != behavior.Text())
        {
            throw behavior.Error($"is '{JsonPlace.Shortened(behavior.Text())}'; expected one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
        }

        bool isRegex = pattern.Optional("Regex") is not null;
        return new SplitPreTokenizer(Compile(text, isRegex ? expression : Regex.Escape(expression)), how, node.Flag("invert", fallback: false));
    }

    private static Regex Compile(JsonPlace place, string expression)
    {
        try
        {
            try
            {
                return new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, MatchTimeout);
            }
            catch (NotSupportedException)
            {
                // Lookarounds, as in \s+(?!\S), need the backtracking engine; the timeout bounds it.
                return new Regex(expression, RegexOptions.CultureInvariant, MatchTimeout);
            }
        }
        catch (ArgumentException error)
        {
            throw place.Error($"is no regular expression that this library can run ({error.Message})", error);
        }
    }
}
