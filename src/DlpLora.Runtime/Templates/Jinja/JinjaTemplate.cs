using DlpLora.Runtime.Templates.Jinja.Nodes;
using DlpLora.Runtime.Templates.Jinja.Syntax;

namespace DlpLora.Runtime.Templates.Jinja;

/// <summary>A parsed template. Immutable and thread-safe; errors leave it as <see cref="TemplateException"/>.</summary>
internal sealed class JinjaTemplate
{
    /// <summary>The longest source, in characters.</summary>
    public const int MaximumSource = 1 << 20;

    private readonly Block _body;

    private JinjaTemplate(Block body) => _body = body;

    public static JinjaTemplate Parse(string source)
    {
        if (source.Length > MaximumSource)
        {
            throw new TemplateException($"has {source.Length} characters; expected at most {MaximumSource}", 0);
        }

        try
        {
            return new JinjaTemplate(TemplateParser.Parse(source));
        }
        catch (JinjaError error)
        {
            throw new TemplateException(error.Message, error.Line, error);
        }
        catch (InsufficientExecutionStackException error)
        {
            throw new TemplateException("is nested too deeply", 0, error);
        }
    }

    public string Render(IEnumerable<(string Name, object? Value)> variables, TimeProvider clock)
    {
        RenderContext context = new() { Clock = clock };
        Scope root = new(context, parent: null);
        Globals.AddTo(root);
        foreach ((string name, object? value) in variables)
        {
            root.Set(name, value);
        }

        try
        {
            _body.Render(root.Inner());
            return context.Output.ToString();
        }
        catch (JinjaError error)
        {
            throw new TemplateException(error.Message, error.Line > 0 ? error.Line : context.Line, error);
        }
        catch (InsufficientExecutionStackException error)
        {
            throw new TemplateException("is nested too deeply", context.Line, error);
        }
        catch (OverflowException error)
        {
            throw new TemplateException("computes an integer beyond 64 bits", context.Line, error);
        }
    }
}
