namespace DlpLora.Runtime.Templates.Jinja.Nodes;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression(int line)
{
    public int Line => line;

    public object? Evaluate(Scope scope)
    {
        scope.Context.Enter(line);
        object? value = Compute(scope);
        scope.Context.Leave();
        return value;
    }

    protected abstract object? Compute(Scope scope);
}
