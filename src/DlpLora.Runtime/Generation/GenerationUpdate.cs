namespace DlpLora.Runtime.Generation;

/// <summary>A piece of a streamed answer.</summary>
public sealed record GenerationUpdate
{
    /// <summary>
    /// The characters that became certain: whole Unicode characters only, and nothing that may yet turn out to be the beginning of a
    /// stop string. Often empty while a character or a possible stop string is incomplete; null without a tokenizer.
    /// </summary>
    public string? Text { get; init; }

    /// <summary>The token of this update; null in an update that only brings text held back so far, the blank line between two answers, or the result.</summary>
    public int? TokenId { get; init; }

    /// <summary>The whole result, in the last update only.</summary>
    public GenerationResult? Result { get; init; }
}
