namespace DlpLora.Runtime.Templates.Jinja.Nodes;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    Normal,
    Break,
    Continue,
}

/// <summary>A part of a template that does something.</summary>
internal abstract class Statement(int line)
{
    public int Line => line;

    public Flow Render(Scope scope)
    {
        scope.Context.Step(line);
        return Run(scope);
    }

    protected abstract Flow Run(Scope scope);
}

/// <summary>Statements in order.</summary>
internal sealed class Block(IReadOnlyList<Statement> statements)
{
    public Flow Render(Scope scope)
    {
        foreach (Statement statement in statements)
        {
            Flow flow = statement.Render(scope);
            if (flow != Flow.Normal)
            {
                return flow;
            }
        }

        return Flow.Normal;
    }
}
