namespace DlpLora.Runtime.Tokenization;

/// <summary>An added token found in a text.</summary>
/// <param name="Token">The token.</param>
/// <param name="Range">What it covers, whitespace that it swallows included.</param>
internal readonly record struct AddedTokenMatch(AddedToken Token, TextRange Range);
