namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>Something that a template can call: a global function, a macro, a method bound to its value.</summary>
internal sealed class Callable(string name, Func<RenderContext, CallArguments, object?> body)
{
    public string Name => name;

    public object? Invoke(RenderContext context, CallArguments arguments) => body(context, arguments);
}
