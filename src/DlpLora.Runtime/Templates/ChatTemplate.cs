using DlpLora.Runtime.Templates.Jinja;
using DlpLora.Runtime.Templates.Jinja.Values;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Templates;

/// <summary>
/// A model's own chat template, a Jinja program as transformers runs it (<c>trim_blocks</c> and <c>lstrip_blocks</c> on). Templates
/// are strangers' programs: they reach nothing but their input, and their steps, texts and lists are bounded.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class ChatTemplate
{
    private readonly JinjaTemplate _template;
    private readonly string _source;

    private ChatTemplate(string source, SpecialTokens specialTokens)
    {
        _template = JinjaTemplate.Parse(source);
        _source = source;
        SpecialTokens = specialTokens;
    }

    /// <summary>The control tokens that the template may write.</summary>
    public SpecialTokens SpecialTokens { get; }

    /// <summary>
    /// Loads a model folder's template: <c>chat_template.jinja</c>, else <c>chat_template</c> of <c>tokenizer_config.json</c> (of several
    /// named ones, <c>default</c>). The special tokens are read from <c>tokenizer_config.json</c> and <c>tokenizer.json</c>.
    /// </summary>
    /// <param name="modelFolder">The folder.</param>
    /// <param name="tokenizer">The folder's tokenizer, if it is loaded already; else its control tokens are read from the file.</param>
    /// <exception cref="MissingChatTemplateException">The folder has no template.</exception>
    /// <exception cref="InvalidFileException">A file is damaged.</exception>
    /// <exception cref="TemplateException">The template can't be parsed, or has a construct that this library does not know.</exception>
    public static ChatTemplate Load(string modelFolder, HuggingFaceTokenizer? tokenizer = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        ChatTemplateFiles files = ChatTemplateFiles.Read(modelFolder, tokenizer?.ControlTokens);
        return new ChatTemplate(files.Source ?? throw new MissingChatTemplateException(modelFolder), files.SpecialTokens);
    }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The Jinja source.</param>
    /// <param name="specialTokens">The control tokens that the template may write.</param>
    /// <exception cref="TemplateException">It can't be parsed, or has a construct that this library does not know.</exception>
    public static ChatTemplate Parse(string source, SpecialTokens specialTokens)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(specialTokens);
        return new ChatTemplate(source, specialTokens);
    }

    /// <summary>Renders a conversation.</summary>
    /// <param name="input">The messages and the template's variables.</param>
    /// <exception cref="TemplateException">
    /// The template refuses the messages, fails, or exceeds a limit; or it rewrites a message that spells a control token, so that
    /// nobody could tell the caller's words from the template's.
    /// </exception>
    public RenderedPrompt Render(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        string text = Run(input, marks: null);
        PromptMarks marks = PromptMarks.Choose(_source, input, SpecialTokens.Spellings);
        string? marked;
        try
        {
            marked = Run(input, marks);
        }
        catch (TemplateException)
        {
            // The template looks into the messages and dislikes the marks.
            marked = null;
        }

        return (marked is null ? null : marks.Resolve(marked, text)) ?? UnmarkedPrompt.Find(text, input, SpecialTokens.Spellings);
    }

    private string Run(ChatTemplateInput input, PromptMarks? marks) => _template.Render(Variables(input, marks), input.Clock);

    private IEnumerable<(string Name, object? Value)> Variables(ChatTemplateInput input, PromptMarks? marks)
    {
        foreach ((string name, string token) in SpecialTokens.Named)
        {
            yield return (name, token);
        }

        yield return ("messages", TemplateValues.Of(input.Messages, marks));
        yield return ("tools", input.Tools is null ? null : TemplateValues.Marked(input.Tools.Select(t => JsonValues.From(t)).ToList(), marks));
        yield return ("documents", null);
        yield return ("add_generation_prompt", input.AddGenerationPrompt);
        foreach ((string name, object? value) in input.Variables ?? new Dictionary<string, object?>())
        {
            yield return (name, Convert(name, value));
        }
    }

    private static object? Convert(string name, object? value)
    {
        try
        {
            return JsonValues.From(value);
        }
        catch (JinjaError error)
        {
            throw new TemplateException($"variable '{name}': {error.Message}", 0, error);
        }
    }
}
