namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>The parser's place among the tokens.</summary>
internal sealed class TokenCursor(IReadOnlyList<Token> tokens)
{
    private int _position;

    public Token Current => tokens[_position];

    public Token Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public Token Next()
    {
        Token token = tokens[_position];
        _position = Math.Min(_position + 1, tokens.Count - 1);
        return token;
    }

    public bool Is(string mark) => Current.Kind == TokenKind.Operator && Current.Value == mark;

    public bool IsName(string name) => Current.Kind == TokenKind.Name && Current.Value == name;

    public bool Skip(string mark)
    {
        bool found = Is(mark);
        if (found)
        {
            Next();
        }

        return found;
    }

    public bool SkipName(string name)
    {
        bool found = IsName(name);
        if (found)
        {
            Next();
        }

        return found;
    }

    public void Expect(string mark)
    {
        if (!Skip(mark))
        {
            throw Unexpected($"'{mark}'");
        }
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    public Token Expect(TokenKind kind) => Current.Kind == kind ? Next() : throw Unexpected(Describe(kind));

    public JinjaError Unexpected(string expected) =>
        new($"found {(Current.Value.Length > 0 ? $"'{Current.Value}'" : Describe(Current.Kind))}; expected {expected}", Current.Line);

    private static string Describe(TokenKind kind) => kind switch
    {
        TokenKind.BlockEnd => "the tag's end '%}'",
        TokenKind.VariableEnd => "the tag's end '}}'",
        TokenKind.End => "the template's end",
        TokenKind.Name => "a name",
        _ => kind.ToString(),
    };
}
