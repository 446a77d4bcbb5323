namespace DlpLora.Runtime.Templates.Jinja;

/// <summary>An error on its way to where the template's line is known; leaves this folder as <see cref="TemplateException"/>.</summary>
internal sealed class JinjaError(string problem, int line = 0) : Exception(problem)
{
    public int Line { get; } = line;
}
