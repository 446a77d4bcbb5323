using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Nodes;

internal sealed class Literal(int line, object? value) : Expression(line)
{
    protected override object? Compute(Scope scope) => value;
}

internal sealed class Name(int line, string name) : Expression(line)
{
    protected override object? Compute(Scope scope) => scope.Get(name);
}

internal sealed class ListLiteral(int line, IReadOnlyList<Expression> items) : Expression(line)
{
    protected override object? Compute(Scope scope)
    {
        List<object?> list = new(items.Count);
        foreach (Expression item in items)
        {
            list.Add(item.Evaluate(scope));
        }

        return list;
    }
}

internal sealed class DictLiteral(int line, IReadOnlyList<(Expression Key, Expression Value)> items) : Expression(line)
{
    protected override object? Compute(Scope scope)
    {
        Dict dict = new();
        foreach ((Expression key, Expression value) in items)
        {
            dict[key.Evaluate(scope)] = value.Evaluate(scope);
        }

        return dict;
    }
}
