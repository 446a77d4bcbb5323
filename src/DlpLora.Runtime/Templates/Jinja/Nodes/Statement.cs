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
        scope.Context.Enter(line);
        Flow flow = Run(scope);
        scope.Context.Leave();
        return flow;
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
