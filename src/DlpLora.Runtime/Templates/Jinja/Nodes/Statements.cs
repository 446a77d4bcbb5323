using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Nodes;

internal sealed class Data(int line, string text) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Context.Write(text);
        return Flow.Normal;
    }
}

internal sealed class Print(int line, Expression value) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Context.Write(PyText.Str(value.Evaluate(scope)));
        return Flow.Normal;
    }
}

internal sealed class Jump(int line, Flow flow) : Statement(line)
{
    protected override Flow Run(Scope scope) => flow;
}

internal sealed class If(int line, IReadOnlyList<(Expression Condition, Block Body)> branches, Block? otherwise) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        foreach ((Expression condition, Block body) in branches)
        {
            if (Kinds.IsTrue(condition.Evaluate(scope)))
            {
                return body.Render(scope);
            }
        }

        return otherwise?.Render(scope) ?? Flow.Normal;
    }
}

internal sealed class For(int line, string[] targets, Expression items, Expression? filter, Block body, Block? otherwise) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        object? iterated = items.Evaluate(scope);
        List<object?> list = [];
        foreach (object? item in Kinds.Iterate(iterated))
        {
            if (filter is null || Kinds.IsTrue(filter.Evaluate(Bind(scope, item))))
            {
                list.Add(item);
            }
        }

        scope.Context.SpendItems(list.Count);
        int depth = scope.Get("loop") is LoopState outer && outer.TryGet("depth", out object? level) ? (int)(long)level! + 1 : 1;
        LoopState loop = new(list, depth);
        for (int i = 0; i < list.Count; i++)
        {
            loop.Index = i;
            Scope inner = Bind(scope, list[i]);
            inner.Set("loop", loop);
            if (body.Render(inner) == Flow.Break)
            {
                break;
            }
        }

        return list.Count == 0 && otherwise is not null ? otherwise.Render(scope.Inner()) : Flow.Normal;
    }

    private Scope Bind(Scope scope, object? item)
    {
        Scope inner = scope.Inner();
        Targets.Assign(inner, targets, item);
        return inner;
    }
}

internal sealed class Set(int line, string[] targets, Expression value) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        Targets.Assign(scope, targets, value.Evaluate(scope));
        return Flow.Normal;
    }
}

internal sealed class SetAttribute(int line, string owner, string attribute, Expression value) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        Namespace target = scope.Get(owner) as Namespace ?? throw new JinjaError($"'{owner}' is no namespace; only a namespace's attributes can be set");
        target.Attributes[attribute] = value.Evaluate(scope);
        return Flow.Normal;
    }
}

/// <summary><c>{% set name | filter %}...{% endset %}</c>: the body's text, filtered.</summary>
internal sealed class SetBlock(int line, string target, Expression value, Block body) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        Scope inner = scope.Inner();
        inner.Set(FilterBlock.Body, scope.Context.Capture(() => body.Render(inner)));
        scope.Set(target, value.Evaluate(inner));
        return Flow.Normal;
    }
}

/// <summary><c>{% filter name %}...{% endfilter %}</c>: the body's text, filtered and written.</summary>
internal sealed class FilterBlock(int line, Expression value, Block body) : Statement(line)
{
    /// <summary>The variable that carries the body's text to the filters; no template can spell it.</summary>
    public const string Body = "<body>";

    protected override Flow Run(Scope scope)
    {
        Scope inner = scope.Inner();
        inner.Set(Body, scope.Context.Capture(() => body.Render(inner)));
        scope.Context.Write(PyText.Str(value.Evaluate(inner)));
        return Flow.Normal;
    }
}

/// <summary>A body with variables of its own: <c>with</c>, and <c>generation</c>, which marks an answer for training.</summary>
internal sealed class ScopedBlock(int line, IReadOnlyList<(string Name, Expression Value)> assignments, Block body) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        Scope inner = scope.Inner();
        foreach ((string name, Expression value) in assignments)
        {
            inner.Set(name, value.Evaluate(scope));
        }

        return body.Render(inner);
    }
}

/// <summary>The names that a loop or a <c>set</c> assigns to.</summary>
internal static class Targets
{
    public static void Assign(Scope scope, string[] targets, object? value)
    {
        if (targets.Length == 1)
        {
            scope.Set(targets[0], value);
            return;
        }

        List<object?> items = [.. Kinds.Iterate(value)];
        if (items.Count != targets.Length)
        {
            throw new JinjaError($"{items.Count} values are assigned to {targets.Length} names");
        }

        for (int i = 0; i < targets.Length; i++)
        {
            scope.Set(targets[i], items[i]);
        }
    }
}
