using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>The ranges of a decoder's numbers, and the rules between them.</summary>
internal static class ConfigLimits
{
    public const int Vocabulary = 1 << 22;
    public const int Width = 1 << 18;
    public const int Layers = 1024;
    public const int Heads = 1024;
    public const int HeadSize = 1024;
    public const int Context = 1 << 20;

    public static DecoderConfig Check(string path, DecoderConfig config)
    {
        if (config.AttentionHeads % config.KeyValueHeads != 0)
        {
            throw new InvalidFileException(
                path, "key/value heads", $"are {config.KeyValueHeads}; expected a divisor of the {config.AttentionHeads} attention heads");
        }

        if (config.HeadSize % 16 != 0)
        {
            throw new InvalidFileException(
                path, "head size", $"is {config.HeadSize}; expected a multiple of 16, the limit of GroupQueryAttention's rotary embedding");
        }

        foreach (int id in config.EosTokenIds.Concat(config.BosTokenId is { } bos ? [bos] : []))
        {
            if (id < 0 || id >= config.VocabularySize)
            {
                throw new InvalidFileException(path, "bos or eos token", $"is {id}; expected 0 to {config.VocabularySize - 1}");
            }
        }

        return config;
    }
}
