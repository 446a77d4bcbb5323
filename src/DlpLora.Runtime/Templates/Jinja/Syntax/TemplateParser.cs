using DlpLora.Runtime.Templates.Jinja.Nodes;

namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>Parses data and tags into statements. A tag that this library does not know is refused with its line.</summary>
internal sealed class TemplateParser
{
    private const int MaximumDepth = 100;

    private readonly TokenCursor _cursor;
    private readonly ExpressionParser _expressions;
    private int _depth;

    private TemplateParser(IReadOnlyList<Token> tokens)
    {
        _cursor = new TokenCursor(tokens);
        _expressions = new ExpressionParser(_cursor);
    }

    public static Block Parse(string source)
    {
        TemplateParser parser = new(TemplateLexer.Tokenize(source));
        Block body = parser.ParseBody(out string end);
        return end.Length == 0 ? body : throw new JinjaError($"the tag '{end}' ends nothing", parser._cursor.Current.Line);
    }

    /// <summary>Statements up to a tag that ends or divides a block; that tag's name is consumed, and empty at the template's end.</summary>
    private Block ParseBody(out string end)
    {
        if (++_depth > MaximumDepth)
        {
            throw new JinjaError($"has blocks that are nested more than {MaximumDepth} deep", _cursor.Current.Line);
        }

        List<Statement> statements = [];
        while (true)
        {
            Token token = _cursor.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    statements.Add(new Data(token.Line, token.Value));
                    break;
                case TokenKind.VariableBegin:
                    statements.Add(new Print(token.Line, _expressions.ParseTuple()));
                    _cursor.Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin:
                    string name = _cursor.Expect(TokenKind.Name).Value;
                    if (name is "elif" or "else" || name.StartsWith("end", StringComparison.Ordinal))
                    {
                        end = name;
                        _depth--;
                        return new Block(statements);
                    }

                    statements.Add(ParseTag(name, token.Line));
                    break;
                default:
                    end = string.Empty;
                    return new Block(statements);
            }
        }
    }

    private Statement ParseTag(string name, int line)
    {
        switch (name)
        {
            case "if":
                return ParseIf(line);
            case "for":
                return ParseFor(line);
            case "set":
                return ParseSet(line);
            case "macro":
                return ParseMacro(line);
            case "call":
                return ParseCall(line);
            case "with":
                return ParseWith(line);
            case "filter":
                Expression filtered = _expressions.ParseFilters(FilterHead(line));
                return new FilterBlock(line, filtered, BodyUntil("endfilter", line));
            case "generation":
                return new ScopedBlock(line, [], BodyUntil("endgeneration", line));
            case "break":
                CloseTag();
                return new Jump(line, Flow.Break);
            case "continue":
                CloseTag();
                return new Jump(line, Flow.Continue);
            default:
                throw new JinjaError($"the tag '{name}' is not supported; this library has if, for, set, macro, call, with, filter, generation, raw, break and continue", line);
        }
    }

    private FilterCall FilterHead(int line)
    {
        string name = _cursor.Expect(TokenKind.Name).Value;
        return new FilterCall(line, name, new Name(line, FilterBlock.Body), _cursor.Is("(") ? _expressions.ParseArguments() : Arguments.None);
    }

    private If ParseIf(int line)
    {
        List<(Expression Condition, Block Body)> branches = [];
        Block? otherwise = null;
        string end = "elif";
        while (end == "elif")
        {
            Expression condition = _expressions.ParseTuple();
            CloseTag();
            branches.Add((condition, ParseBody(out end)));
        }

        if (end == "else")
        {
            CloseTag();
            otherwise = ParseBody(out end);
        }

        EndTag(end, "endif", line);
        return new If(line, branches, otherwise);
    }

    private For ParseFor(int line)
    {
        string[] targets = ParseTargets();
        _cursor.ExpectName("in");
        Expression items = _expressions.ParseTuple(withCondition: false);
        Expression? filter = _cursor.SkipName("if") ? _expressions.Parse() : null;
        if (_cursor.IsName("recursive"))
        {
            throw new JinjaError("a recursive loop is not supported", line);
        }

        CloseTag();
        Block body = ParseBody(out string end);
        Block? otherwise = null;
        if (end == "else")
        {
            CloseTag();
            otherwise = ParseBody(out end);
        }

        EndTag(end, "endfor", line);
        return new For(line, targets, items, filter, body, otherwise);
    }

    private string[] ParseTargets()
    {
        bool parenthesis = _cursor.Skip("(");
        List<string> names = [_cursor.Expect(TokenKind.Name).Value];
        while (_cursor.Skip(","))
        {
            if (_cursor.Current.Kind == TokenKind.Name && !_cursor.IsName("in"))
            {
                names.Add(_cursor.Next().Value);
            }
        }

        if (parenthesis)
        {
            _cursor.Expect(")");
        }

        return [.. names];
    }

    private Statement ParseSet(int line)
    {
        if (_cursor.Following is { Kind: TokenKind.Operator, Value: "." })
        {
            string owner = _cursor.Expect(TokenKind.Name).Value;
            _cursor.Next();
            string attribute = _cursor.Expect(TokenKind.Name).Value;
            _cursor.Expect("=");
            Expression assigned = _expressions.ParseTuple();
            CloseTag();
            return new SetAttribute(line, owner, attribute, assigned);
        }

        string[] targets = ParseTargets();
        if (_cursor.Skip("="))
        {
            Expression value = _expressions.ParseTuple();
            CloseTag();
            return new Set(line, targets, value);
        }

        Expression body = _expressions.ParseFilters(new Name(line, FilterBlock.Body));
        return new SetBlock(line, targets[0], body, BodyUntil("endset", line));
    }

    private MacroDefinition ParseMacro(int line)
    {
        string name = _cursor.Expect(TokenKind.Name).Value;
        List<Parameter> parameters = ParseParameters();
        return new MacroDefinition(line, name, parameters, BodyUntil("endmacro", line));
    }

    private CallBlock ParseCall(int line)
    {
        List<Parameter> parameters = _cursor.Is("(") ? ParseParameters() : [];
        return _expressions.Parse() is Call call
            ? new CallBlock(line, call, parameters, BodyUntil("endcall", line))
            : throw new JinjaError("a call block wants a call", line);
    }

    private ScopedBlock ParseWith(int line)
    {
        List<(string Name, Expression Value)> assignments = [];
        while (_cursor.Current.Kind != TokenKind.BlockEnd)
        {
            string name = _cursor.Expect(TokenKind.Name).Value;
            _cursor.Expect("=");
            assignments.Add((name, _expressions.Parse()));
            if (_cursor.Current.Kind != TokenKind.BlockEnd)
            {
                _cursor.Expect(",");
            }
        }

        return new ScopedBlock(line, assignments, BodyUntil("endwith", line));
    }

    private List<Parameter> ParseParameters()
    {
        List<Parameter> parameters = [];
        _cursor.Expect("(");
        while (!_cursor.Skip(")"))
        {
            string name = _cursor.Expect(TokenKind.Name).Value;
            parameters.Add(new Parameter(name, _cursor.Skip("=") ? _expressions.Parse() : null));
            if (!_cursor.Is(")"))
            {
                _cursor.Expect(",");
            }
        }

        return parameters;
    }

    private Block BodyUntil(string expected, int line)
    {
        CloseTag();
        Block body = ParseBody(out string end);
        EndTag(end, expected, line);
        return body;
    }

    private void EndTag(string end, string expected, int line)
    {
        if (end != expected)
        {
            throw new JinjaError($"the block that begins here ends with {(end.Length == 0 ? "the template" : $"'{end}'")}; expected '{expected}'", line);
        }

        // An end tag may repeat the block's name.
        if (_cursor.Current.Kind == TokenKind.Name)
        {
            _cursor.Next();
        }

        CloseTag();
    }

    private void CloseTag() => _cursor.Expect(TokenKind.BlockEnd);
}
