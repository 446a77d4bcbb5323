namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>One word of a template.</summary>
internal readonly record struct Token(TokenKind Kind, string Value, int Line);
