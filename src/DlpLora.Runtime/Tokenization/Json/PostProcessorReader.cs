namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads which tokens the post-processor puts before and after a text.</summary>
internal static class PostProcessorReader
{
    private const int MaximumTokens = 64;

    public static (int[] Prefix, int[] Suffix) Read(JsonPlace node, int vocabularySize)
    {
        string type = node.Required("type").Text();
        switch (type)
        {
            case "ByteLevel":
                // Moves offsets only; ours are exact by themselves.
                node.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
                return ([], []);
            case "TemplateProcessing":
                return ReadTemplate(node, vocabularySize);
            case "Sequence":
                node.Only("type", "processors");
                List<int> prefix = [];
                List<int> suffix = [];
                foreach (JsonPlace item in node.Required("processors").Items())
                {
                    (int[] before, int[] after) = Read(item, vocabularySize);
                    prefix.InsertRange(0, before);
                    suffix.AddRange(after);
                }

                return ([.. prefix], [.. suffix]);
            default:
                throw node.Error($"is a post-processor of type '{JsonPlace.Shortened(type)}'; this library has TemplateProcessing, ByteLevel and Sequence");
        }
    }

    private static (int[] Prefix, int[] Suffix) ReadTemplate(JsonPlace node, int vocabularySize)
    {
        node.Only("type", "single", "pair", "special_tokens");
        JsonPlace specials = node.Required("special_tokens");
        List<int> prefix = [];
        List<int> suffix = [];
        bool seenText = false;
        foreach (JsonPlace item in node.Required("single").Items())
        {
            item.Only("SpecialToken", "Sequence");
            if (item.Optional("SpecialToken") is { } special)
            {
                JsonPlace id = special.Required("id");
                JsonPlace ids = specials.Optional(id.Text())?.Required("ids") ?? throw id.Error($"is '{JsonPlace.Shortened(id.Text())}', which special_tokens does not hold");
                (seenText ? suffix : prefix).AddRange(ids.Items().Select(i => i.Integer(0, vocabularySize - 1)));
            }
            else if (seenText)
            {
                throw item.Error("names the text a second time");
            }
            else
            {
                item.Required("Sequence");
                seenText = true;
            }
        }

        if (!seenText || prefix.Count + suffix.Count > MaximumTokens)
        {
            throw node.Error($"has {prefix.Count + suffix.Count} added tokens and {(seenText ? "a" : "no")} place for the text; expected at most {MaximumTokens} around one text");
        }

        return ([.. prefix], [.. suffix]);
    }
}
