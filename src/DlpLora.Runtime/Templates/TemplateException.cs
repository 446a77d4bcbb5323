namespace DlpLora.Runtime.Templates;

/// <summary>A chat template can't be parsed, asks for what this library does not do, or refuses the messages itself.</summary>
public sealed class TemplateException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="problem">What is wrong, or the text that the template raised.</param>
    /// <param name="line">The template's line, from 1; 0 where none is known.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public TemplateException(string problem, int line, Exception? innerException = null)
        : base(line > 0 ? $"chat template, line {line}: {problem}" : $"chat template: {problem}", innerException)
    {
        Problem = problem;
        Line = line;
    }

    /// <summary>What is wrong, or the text that the template raised with <c>raise_exception</c>.</summary>
    public string Problem { get; }

    /// <summary>The template's line, from 1; 0 where none is known.</summary>
    public int Line { get; }
}
