using System.Runtime.CompilerServices;
using System.Text;

namespace DlpLora.Runtime.Templates.Jinja;

/// <summary>One rendering: its output, its line, and what it may still spend. Templates are strangers' programs.</summary>
internal sealed class RenderContext
{
    /// <summary>Expressions and statements that one rendering may evaluate; real templates need some thousand.</summary>
    public const long MaximumSteps = 5_000_000;

    /// <summary>How deep expressions, blocks and macros may nest in one another while they are evaluated.</summary>
    public const int MaximumDepth = 1_000;

    /// <summary>How deep lists and mappings may nest where they are written or compared.</summary>
    public const int MaximumValueDepth = 200;

    /// <summary>The longest text, in characters, that a rendering may build.</summary>
    public const int MaximumText = 1 << 26;

    /// <summary>The longest list.</summary>
    public const int MaximumItems = 1 << 20;

    // Building text costs a step for so many characters.
    private const int CharactersPerStep = 64;

    private long _steps;
    private int _depth;

    public StringBuilder Output { get; private set; } = new();

    public int Line { get; private set; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Begins an expression or a statement, which <see cref="Leave"/> ends unless an error does.</summary>
    public void Enter(int line)
    {
        Line = line;
        Spend(1);
        if (++_depth > MaximumDepth)
        {
            throw new JinjaError($"is nested more than {MaximumDepth} deep");
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
    }

    public void Leave() => _depth--;

    /// <summary>Pays for a text before it is built.</summary>
    public void SpendText(long characters)
    {
        if (characters > MaximumText)
        {
            throw new JinjaError($"builds a text of {characters} characters; at most {MaximumText} are allowed");
        }

        Spend(characters / CharactersPerStep);
    }

    /// <summary>Pays for a list before it is built.</summary>
    public void SpendItems(long count)
    {
        if (count > MaximumItems)
        {
            throw new JinjaError($"builds a list of {count} items; at most {MaximumItems} are allowed");
        }

        Spend(count);
    }

    public void Write(string text)
    {
        SpendText((long)Output.Length + text.Length > MaximumText ? long.MaxValue : text.Length);
        Output.Append(text);
    }

    /// <summary>What an action writes, instead of writing it to the output.</summary>
    public string Capture(Action render)
    {
        StringBuilder outer = Output;
        Output = new StringBuilder();
        try
        {
            render();
            return Output.ToString();
        }
        finally
        {
            Output = outer;
        }
    }

    private void Spend(long steps)
    {
        _steps += steps;
        if (_steps > MaximumSteps)
        {
            throw new JinjaError($"takes more than {MaximumSteps} steps");
        }
    }
}
