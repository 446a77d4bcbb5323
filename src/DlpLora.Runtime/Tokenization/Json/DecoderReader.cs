namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Checks that tokens are turned back into text by the byte alphabet, the one decoder that this library has.</summary>
internal static class DecoderReader
{
    public static void Check(JsonPlace node)
    {
        string type = node.Required("type").Text();
        if (type != "ByteLevel")
        {
            throw node.Error($"is a decoder of type '{JsonPlace.Shortened(type)}'; this library has ByteLevel");
        }

        node.Only("type", "add_prefix_space", "trim_offsets", "use_regex");
    }
}
