namespace DlpLora.Runtime.Tokenization;

/// <summary>A token that is found in the text as a whole, before the pre-tokenizers see it.</summary>
/// <param name="Id">The token's id.</param>
/// <param name="Content">Its spelling.</param>
/// <param name="Special">Whether it is a control token: left out of a decoded answer, and never read from text that a user wrote.</param>
/// <param name="Normalized">Whether it is looked for in the normalized text rather than in the raw text.</param>
/// <param name="SingleWord">Whether it counts only between characters that are no part of a word.</param>
/// <param name="LeftStrip">Whether it swallows the whitespace before it.</param>
/// <param name="RightStrip">Whether it swallows the whitespace after it.</param>
internal sealed record AddedToken(
    int Id, string Content, bool Special, bool Normalized, bool SingleWord, bool LeftStrip, bool RightStrip);
