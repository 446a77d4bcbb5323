using System.Globalization;
using DlpLora.Runtime.Templates.Jinja.Nodes;

namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>Parses expressions, with Jinja's precedence: filters and tests bind closest.</summary>
internal sealed class ExpressionParser(TokenCursor cursor)
{
    private const int MaximumDepth = 100;

    private int _depth;

    /// <summary>An expression, or a tuple where commas follow.</summary>
    public Expression ParseTuple(bool withCondition = true)
    {
        int line = cursor.Current.Line;
        Expression first = withCondition ? Parse() : ParseOr();
        if (!cursor.Is(","))
        {
            return first;
        }

        List<Expression> items = [first];
        while (cursor.Skip(",") && !AtEnd())
        {
            items.Add(withCondition ? Parse() : ParseOr());
        }

        return new ListLiteral(line, items);
    }

    public Expression Parse()
    {
        Enter();
        Expression value = ParseOr();
        while (cursor.IsName("if"))
        {
            int line = cursor.Next().Line;
            Expression condition = ParseOr();
            Expression? otherwise = cursor.SkipName("else") ? Parse() : null;
            value = new Conditional(line, condition, value, otherwise);
        }

        _depth--;
        return value;
    }

    public Arguments ParseArguments()
    {
        List<Expression> positional = [];
        List<(string Name, Expression Value)> named = [];
        cursor.Expect("(");
        while (!cursor.Skip(")"))
        {
            if (cursor.Current.Kind == TokenKind.Name && cursor.Following is { Kind: TokenKind.Operator, Value: "=" })
            {
                string name = cursor.Next().Value;
                cursor.Next();
                named.Add((name, Parse()));
            }
            else if (cursor.Is("*") || cursor.Is("**"))
            {
                throw new JinjaError("arguments unpacked with '*' are not supported", cursor.Current.Line);
            }
            else if (named.Count > 0)
            {
                throw cursor.Unexpected("a named argument");
            }
            else
            {
                positional.Add(Parse());
            }

            if (!cursor.Is(")"))
            {
                cursor.Expect(",");
            }
        }

        return new Arguments(positional, named);
    }

    /// <summary>The filters after a value: <c>| name(arguments)</c>.</summary>
    public Expression ParseFilters(Expression value)
    {
        while (cursor.Is("|"))
        {
            value = ParseFilter(value);
        }

        return value;
    }

    private Expression ParseOr()
    {
        Expression left = ParseAnd();
        while (cursor.IsName("or"))
        {
            left = new Logical(cursor.Next().Line, isAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        Expression left = ParseNot();
        while (cursor.IsName("and"))
        {
            left = new Logical(cursor.Next().Line, isAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!cursor.IsName("not"))
        {
            return ParseComparison();
        }

        Enter();
        int line = cursor.Next().Line;
        Expression operand = ParseNot();
        _depth--;
        return new Not(line, operand);
    }

    private Expression ParseComparison()
    {
        int line = cursor.Current.Line;
        Expression first = ParseSum();
        List<(ComparisonKind Kind, Expression Operand)> rest = [];
        while (NextComparison() is { } kind)
        {
            rest.Add((kind, ParseSum()));
        }

        return rest.Count == 0 ? first : new Comparison(line, first, rest);
    }

    private ComparisonKind? NextComparison()
    {
        if (cursor.SkipName("in"))
        {
            return ComparisonKind.In;
        }

        if (cursor.IsName("not") && cursor.Following is { Kind: TokenKind.Name, Value: "in" })
        {
            cursor.Next();
            cursor.Next();
            return ComparisonKind.NotIn;
        }

        ComparisonKind? kind = cursor.Current.Kind != TokenKind.Operator ? null : cursor.Current.Value switch
        {
            "==" => ComparisonKind.Equal,
            "!=" => ComparisonKind.NotEqual,
            "<" => ComparisonKind.Less,
            "<=" => ComparisonKind.LessOrEqual,
            ">" => ComparisonKind.Greater,
            ">=" => ComparisonKind.GreaterOrEqual,
            _ => null,
        };
        if (kind is not null)
        {
            cursor.Next();
        }

        return kind;
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation() => ParseBinary(ParseProduct, "~");

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseBinary(() => ParseUnary(withFilters: true), "**");

    private Expression ParseBinary(Func<Expression> operand, params ReadOnlySpan<string> marks)
    {
        Expression left = operand();
        while (cursor.Current.Kind == TokenKind.Operator && marks.Contains(cursor.Current.Value))
        {
            Token mark = cursor.Next();
            left = new Binary(mark.Line, mark.Value, left, operand());
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        if (cursor.Is("-") || cursor.Is("+"))
        {
            Enter();
            Token sign = cursor.Next();
            Expression operand = ParseUnary(withFilters: false);
            _depth--;
            return WithFilters(new Sign(sign.Line, sign.Value == "-", operand), withFilters);
        }

        return WithFilters(ParsePostfix(ParsePrimary()), withFilters);
    }

    private Expression WithFilters(Expression value, bool withFilters)
    {
        while (withFilters)
        {
            if (cursor.Is("|"))
            {
                value = ParseFilter(value);
            }
            else if (cursor.IsName("is"))
            {
                value = ParseTest(value);
            }
            else if (cursor.Is("("))
            {
                value = new Call(cursor.Current.Line, value, ParseArguments());
            }
            else
            {
                break;
            }
        }

        return value;
    }

    private FilterCall ParseFilter(Expression value)
    {
        cursor.Expect("|");
        Token name = cursor.Expect(TokenKind.Name);
        return new FilterCall(name.Line, name.Value, value, cursor.Is("(") ? ParseArguments() : Arguments.None);
    }

    private Expression ParseTest(Expression value)
    {
        cursor.Next();
        bool negated = cursor.SkipName("not");
        Token name = cursor.Expect(TokenKind.Name);
        Arguments arguments = Arguments.None;
        if (cursor.Is("("))
        {
            arguments = ParseArguments();
        }
        else if (cursor.Current.Kind is TokenKind.Text or TokenKind.Integer or TokenKind.Float || cursor.Is("[") || cursor.Is("{")
            || (cursor.Current.Kind == TokenKind.Name && cursor.Current.Value is not ("else" or "or" or "and" or "if" or "is" or "in" or "not" or "recursive")))
        {
            arguments = new Arguments([ParsePostfix(ParsePrimary())], []);
        }

        Expression test = new TestCall(name.Line, name.Value, value, arguments);
        return negated ? new Not(name.Line, test) : test;
    }

    private Expression ParsePostfix(Expression value)
    {
        while (cursor.Current.Kind == TokenKind.Operator)
        {
            int line = cursor.Current.Line;
            if (cursor.Skip("."))
            {
                value = cursor.Current.Kind == TokenKind.Integer
                    ? new Item(line, value, ParsePrimary())
                    : new Member(line, value, cursor.Expect(TokenKind.Name).Value);
            }
            else if (cursor.Skip("["))
            {
                value = ParseSubscript(line, value);
            }
            else if (cursor.Is("("))
            {
                value = new Call(line, value, ParseArguments());
            }
            else
            {
                break;
            }
        }

        return value;
    }

    private Expression ParseSubscript(int line, Expression value)
    {
        Expression? start = cursor.Is(":") ? null : Parse();
        if (!cursor.Skip(":"))
        {
            cursor.Expect("]");
            return new Item(line, value, start!);
        }

        Expression? end = cursor.Is(":") || cursor.Is("]") ? null : Parse();
        Expression? step = cursor.Skip(":") && !cursor.Is("]") ? Parse() : null;
        cursor.Expect("]");
        return new Slice(line, value, start, end, step);
    }

    private Expression ParsePrimary()
    {
        Token token = cursor.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                cursor.Next();
                return token.Value switch
                {
                    "true" or "True" => new Literal(token.Line, true),
                    "false" or "False" => new Literal(token.Line, false),
                    "none" or "None" => new Literal(token.Line, null),
                    _ => new Name(token.Line, token.Value),
                };
            case TokenKind.Text:
                string text = cursor.Next().Value;
                while (cursor.Current.Kind == TokenKind.Text)
                {
                    text += cursor.Next().Value;
                }

                return new Literal(token.Line, text);
            case TokenKind.Integer:
                cursor.Next();
                return long.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long integer)
                    ? new Literal(token.Line, integer)
                    : throw new JinjaError($"the number {token.Value} is too large", token.Line);
            case TokenKind.Float:
                cursor.Next();
                return new Literal(token.Line, double.Parse(token.Value, CultureInfo.InvariantCulture));
            default:
                return cursor.Is("(") ? ParseParentheses() : cursor.Is("[") ? ParseList() : cursor.Is("{") ? ParseDict() : throw cursor.Unexpected("an expression");
        }
    }

    private Expression ParseParentheses()
    {
        int line = cursor.Next().Line;
        if (cursor.Skip(")"))
        {
            return new ListLiteral(line, []);
        }

        Expression value = ParseTuple();
        cursor.Expect(")");
        return value;
    }

    private ListLiteral ParseList()
    {
        int line = cursor.Next().Line;
        List<Expression> items = [];
        while (!cursor.Skip("]"))
        {
            items.Add(Parse());
            if (!cursor.Is("]"))
            {
                cursor.Expect(",");
            }
        }

        return new ListLiteral(line, items);
    }

    private DictLiteral ParseDict()
    {
        int line = cursor.Next().Line;
        List<(Expression Key, Expression Value)> items = [];
        while (!cursor.Skip("}"))
        {
            Expression key = Parse();
            cursor.Expect(":");
            items.Add((key, Parse()));
            if (!cursor.Is("}"))
            {
                cursor.Expect(",");
            }
        }

        return new DictLiteral(line, items);
    }

    /// <summary>Bounds the recursion; parentheses, lists, conditions and calls all come through here.</summary>
    private void Enter()
    {
        if (++_depth > MaximumDepth)
        {
            throw new JinjaError($"has an expression that is nested more than {MaximumDepth} deep", cursor.Current.Line);
        }
    }

    private bool AtEnd() => cursor.Current.Kind is TokenKind.BlockEnd or TokenKind.VariableEnd || cursor.Is(")") || cursor.Is("=") || cursor.IsName("in");
}
