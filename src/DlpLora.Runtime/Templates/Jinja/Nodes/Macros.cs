using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Nodes;

/// <summary>A macro's parameter and its default.</summary>
internal sealed record Parameter(string Name, Expression? Default);

internal sealed class MacroDefinition(int line, string name, IReadOnlyList<Parameter> parameters, Block body) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        scope.Set(name, new Callable(name, (context, arguments) => Macro.Invoke(name, scope, parameters, body, arguments)));
        return Flow.Normal;
    }
}

/// <summary><c>{% call(parameters) macro(arguments) %}body{% endcall %}</c>: the macro can render the body as <c>caller(...)</c>.</summary>
internal sealed class CallBlock(int line, Call call, IReadOnlyList<Parameter> parameters, Block body) : Statement(line)
{
    protected override Flow Run(Scope scope)
    {
        Callable caller = new("caller", (context, arguments) => Macro.Invoke("caller", scope, parameters, body, arguments));
        scope.Context.Write(PyText.Str(call.Invoke(scope, caller)));
        return Flow.Normal;
    }
}

internal static class Macro
{
    public static string Invoke(string name, Scope definition, IReadOnlyList<Parameter> parameters, Block body, CallArguments arguments)
    {
        Scope scope = definition.Inner();
        for (int i = 0; i < parameters.Count; i++)
        {
            Parameter parameter = parameters[i];
            object? value = i < arguments.Positional.Count ? arguments.Positional[i]
                : arguments.Named.TryGetValue(parameter.Name, out object? named) ? named
                : parameter.Default is { } fallback ? fallback.Evaluate(scope) : new Undefined($"parameter '{parameter.Name}' was not provided");
            scope.Set(parameter.Name, value);
        }

        if (arguments.Positional.Count > parameters.Count)
        {
            throw new JinjaError($"the macro '{name}' is called with {arguments.Positional.Count} arguments; it takes {parameters.Count}");
        }

        foreach ((string key, object? value) in arguments.Named)
        {
            if (key == "caller")
            {
                scope.Set(key, value);
            }
            else if (!parameters.Any(p => p.Name == key))
            {
                throw new JinjaError($"the macro '{name}' has no parameter '{key}'");
            }
        }

        return definition.Context.Capture(() => body.Render(scope));
    }
}
