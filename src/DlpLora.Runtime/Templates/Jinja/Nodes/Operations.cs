using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Nodes;

internal sealed class Binary(int line, string mark, Expression left, Expression right) : Expression(line)
{
    protected override object? Compute(Scope scope) =>
        Operators.Apply(scope.Context, mark, left.Evaluate(scope), right.Evaluate(scope));
}

internal sealed class Sign(int line, bool negative, Expression operand) : Expression(line)
{
    protected override object? Compute(Scope scope)
    {
        object? value = operand.Evaluate(scope);
        Operators.FailIfUndefined(value);
        object negated = Operators.Negate(value);
        return negative ? negated : value;
    }
}

internal sealed class Not(int line, Expression operand) : Expression(line)
{
    protected override object? Compute(Scope scope) => !Kinds.IsTrue(operand.Evaluate(scope));
}

internal sealed class Logical(int line, bool isAnd, Expression left, Expression right) : Expression(line)
{
    protected override object? Compute(Scope scope)
    {
        object? value = left.Evaluate(scope);
        return Kinds.IsTrue(value) == isAnd ? right.Evaluate(scope) : value;
    }
}

internal sealed class Conditional(int line, Expression condition, Expression value, Expression? otherwise) : Expression(line)
{
    protected override object? Compute(Scope scope) =>
        Kinds.IsTrue(condition.Evaluate(scope)) ? value.Evaluate(scope)
        : otherwise is null ? new Undefined("the inline if has no else") : otherwise.Evaluate(scope);
}

internal enum ComparisonKind
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// <summary>A chain of comparisons, <c>a &lt; b &lt; c</c>, each operand evaluated once.</summary>
internal sealed class Comparison(int line, Expression first, IReadOnlyList<(ComparisonKind Kind, Expression Operand)> rest) : Expression(line)
{
    protected override object? Compute(Scope scope)
    {
        object? left = first.Evaluate(scope);
        foreach ((ComparisonKind kind, Expression operand) in rest)
        {
            object? right = operand.Evaluate(scope);
            if (!Holds(kind, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private static bool Holds(ComparisonKind kind, object? left, object? right) => kind switch
    {
        ComparisonKind.Equal => Operators.AreEqual(left, right),
        ComparisonKind.NotEqual => !Operators.AreEqual(left, right),
        ComparisonKind.In => Operators.Contains(right, left),
        ComparisonKind.NotIn => !Operators.Contains(right, left),
        ComparisonKind.Less => Operators.Compare(left, right) < 0,
        ComparisonKind.LessOrEqual => Operators.Compare(left, right) <= 0,
        ComparisonKind.Greater => Operators.Compare(left, right) > 0,
        _ => Operators.Compare(left, right) >= 0,
    };
}
