using DlpLora.Runtime.Templates.Jinja.Filters;
using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Nodes;

internal sealed class Member(int line, Expression owner, string name) : Expression(line)
{
    protected override object? Compute(Scope scope) => Attributes.Member(owner.Evaluate(scope), name);
}

internal sealed class Item(int line, Expression owner, Expression key) : Expression(line)
{
    protected override object? Compute(Scope scope) => Attributes.Item(owner.Evaluate(scope), key.Evaluate(scope));
}

internal sealed class Slice(int line, Expression owner, Expression? start, Expression? end, Expression? step) : Expression(line)
{
    protected override object? Compute(Scope scope) =>
        Attributes.Slice(scope.Context, owner.Evaluate(scope), start?.Evaluate(scope), end?.Evaluate(scope), step?.Evaluate(scope));
}

/// <summary>The arguments of a call before they are evaluated.</summary>
internal sealed class Arguments(IReadOnlyList<Expression> positional, IReadOnlyList<(string Name, Expression Value)> named)
{
    public static readonly Arguments None = new([], []);

    public CallArguments Evaluate(Scope scope)
    {
        if (positional.Count == 0 && named.Count == 0)
        {
            return CallArguments.None;
        }

        Dictionary<string, object?> byName = new(StringComparer.Ordinal);
        object?[] values = new object?[positional.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = positional[i].Evaluate(scope);
        }

        foreach ((string name, Expression value) in named)
        {
            byName[name] = value.Evaluate(scope);
        }

        return new CallArguments(values, byName);
    }
}

internal sealed class Call(int line, Expression target, Arguments arguments) : Expression(line)
{
    protected override object? Compute(Scope scope) => Invoke(scope, caller: null);

    /// <param name="scope">Where the arguments are evaluated.</param>
    /// <param name="caller">What the called macro finds as <c>caller</c>.</param>
    public object? Invoke(Scope scope, Callable? caller)
    {
        object? function = target.Evaluate(scope);
        Operators.FailIfUndefined(function);
        CallArguments values = arguments.Evaluate(scope);
        if (caller is not null)
        {
            values = new CallArguments(values.Positional, new Dictionary<string, object?>(values.Named, StringComparer.Ordinal) { ["caller"] = caller });
        }

        return function is Callable callable ? callable.Invoke(scope.Context, values) : throw new JinjaError($"a {Kinds.NameOf(function)} can't be called");
    }
}

internal sealed class FilterCall(int line, string name, Expression value, Arguments arguments) : Expression(line)
{
    private readonly Filter _filter = FilterTable.Find(name) ?? throw new JinjaError($"the filter '{name}' is not supported", line);

    protected override object? Compute(Scope scope) => _filter(scope.Context, value.Evaluate(scope), arguments.Evaluate(scope));
}

internal sealed class TestCall(int line, string name, Expression value, Arguments arguments) : Expression(line)
{
    private readonly Test _test = TestTable.Find(name) ?? throw new JinjaError($"the test '{name}' is not supported", line);

    protected override object? Compute(Scope scope) => _test(value.Evaluate(scope), arguments.Evaluate(scope));
}
