using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja;

/// <summary>The variables of one block; a name that is not here is looked up outside, an assignment stays here.</summary>
internal sealed class Scope(RenderContext context, Scope? parent)
{
    private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);

    public RenderContext Context => context;

    public object? Get(string name)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._variables.TryGetValue(name, out object? value))
            {
                return value;
            }
        }

        return new Undefined($"'{name}' is undefined");
    }

    public void Set(string name, object? value) => _variables[name] = value;

    public Scope Inner() => new(context, this);

    private Scope? Outer => parent;
}
