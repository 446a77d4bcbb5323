namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>
/// Cuts a template into data and tags. Whitespace follows transformers' settings: <c>trim_blocks</c> and <c>lstrip_blocks</c> on,
/// the template's last newline dropped.
/// </summary>
internal sealed class TemplateLexer
{
    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly ExpressionLexer _expressions;
    private int _position;
    private int _line = 1;

    // Whether what was last consumed ended a line, so that spaces before the next block are indentation.
    private bool _atLineStart = true;

    private TemplateLexer(string source)
    {
        _source = source;
        _expressions = new ExpressionLexer(source, _tokens);
    }

    public static List<Token> Tokenize(string source)
    {
        string text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        TemplateLexer lexer = new(text.EndsWith('\n') ? text[..^1] : text);
        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (NextTag() is var tag && tag >= 0)
        {
            char kind = _source[tag + 1];
            char sign = tag + 2 < _source.Length ? _source[tag + 2] : '\0';
            Data(tag, kind, sign);
            int body = tag + 2 + (sign is '-' or '+' ? 1 : 0);
            switch (kind)
            {
                case '#':
                    Comment(body);
                    break;
                case '%' when KeywordTag(tag, "raw") is > 0 and int end:
                    Raw(end);
                    break;
                default:
                    Tag(kind, body);
                    break;
            }
        }

        Emit(TokenKind.Data, _source[_position..]);
        _tokens.Add(new Token(TokenKind.End, string.Empty, _line));
    }

    private int NextTag()
    {
        for (int i = _source.IndexOf('{', _position); i >= 0 && i + 1 < _source.Length; i = _source.IndexOf('{', i + 1))
        {
            if (_source[i + 1] is '{' or '%' or '#')
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Emits the text before a tag, its end stripped as the tag asks.</summary>
    private void Data(int tag, char kind, char sign)
    {
        string text = _source[_position..tag];
        string kept = text;
        if (sign == '-')
        {
            kept = text.TrimEnd();
        }
        else if (sign != '+' && kind != '{')
        {
            int line = text.LastIndexOf('\n') + 1;
            if ((line > 0 || _atLineStart) && text.AsSpan(line).IsWhiteSpace())
            {
                kept = text[..line];
            }
        }

        Emit(TokenKind.Data, kept);
        _line += text.AsSpan().Count('\n');
        _position = tag;
    }

    private void Emit(TokenKind kind, string value)
    {
        if (kind != TokenKind.Data || value.Length > 0)
        {
            _tokens.Add(new Token(kind, value, _line));
        }
    }

    private void Comment(int body)
    {
        int end = _source.IndexOf("#}", body, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new JinjaError("a comment has no end", _line);
        }

        MoveTo(end + 2);
        AfterTag(_source[end - 1], isVariable: false);
    }

    private void Tag(char kind, int body)
    {
        bool isVariable = kind == '{';
        Emit(isVariable ? TokenKind.VariableBegin : TokenKind.BlockBegin, string.Empty);
        (int end, char sign) = _expressions.Read(body, isVariable ? "}}" : "%}", ref _line);
        Emit(isVariable ? TokenKind.VariableEnd : TokenKind.BlockEnd, string.Empty);
        _position = end;
        AfterTag(sign, isVariable);
    }

    private void Raw(int start)
    {
        char sign = _source[start - 3];
        MoveTo(start);
        AfterTag(sign, isVariable: false);
        for (int tag = _source.IndexOf("{%", _position, StringComparison.Ordinal); tag >= 0; tag = _source.IndexOf("{%", tag + 2, StringComparison.Ordinal))
        {
            if (KeywordTag(tag, "endraw") is > 0 and int end)
            {
                Data(tag, '%', _source[tag + 2]);
                MoveTo(end);
                AfterTag(_source[end - 3], isVariable: false);
                return;
            }
        }

        throw new JinjaError("a raw block has no endraw", _line);
    }

    /// <summary>The end of the tag <c>{% keyword %}</c> if one stands here, else 0.</summary>
    private int KeywordTag(int tag, string keyword)
    {
        int i = tag + 2;
        i += i < _source.Length && _source[i] is '-' or '+' ? 1 : 0;
        i = SkipSpace(i);
        if (!_source.AsSpan(i).StartsWith(keyword, StringComparison.Ordinal))
        {
            return 0;
        }

        i = SkipSpace(i + keyword.Length);
        i += i < _source.Length && _source[i] is '-' or '+' ? 1 : 0;
        return _source.AsSpan(i).StartsWith("%}", StringComparison.Ordinal) ? i + 2 : 0;
    }

    private int SkipSpace(int i)
    {
        while (i < _source.Length && char.IsWhiteSpace(_source[i]))
        {
            i++;
        }

        return i;
    }

    private void AfterTag(char sign, bool isVariable)
    {
        int start = _position;
        if (sign == '-')
        {
            MoveTo(SkipSpace(start));
        }
        else if (!isVariable && sign != '+' && start < _source.Length && _source[start] == '\n')
        {
            MoveTo(start + 1);
        }

        _atLineStart = _position > start && _source[_position - 1] == '\n';
    }

    private void MoveTo(int position)
    {
        _line += _source.AsSpan(_position, position - _position).Count('\n');
        _position = position;
    }
}
