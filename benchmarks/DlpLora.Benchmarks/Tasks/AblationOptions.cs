using System.Globalization;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>The arguments of <see cref="TaskAblation"/>.</summary>
internal sealed record AblationOptions
{
    public const string Usage = "usage: tasks DATA [--rows 40] [--composites 150] [--threads N]";

    /// <summary>The task folders, with <c>composite.jsonl</c> and <c>ood.jsonl</c> beside them.</summary>
    public required string Data { get; init; }

    /// <summary>Test rows of each task, the first ones.</summary>
    public int Rows { get; private set; } = 40;

    /// <summary>Composite prompts, the first ones.</summary>
    public int Composites { get; private set; } = int.MaxValue;

    /// <summary>Threads of the model, which sleep where they wait; null for the engine's own choice. One is best on a machine that others use.</summary>
    public int? Threads { get; private set; }

    /// <summary>Reads the arguments; null where they are wrong.</summary>
    public static AblationOptions? Parse(string[] args)
    {
        if (args is [] || args[0].StartsWith('-'))
        {
            return null;
        }

        AblationOptions options = new() { Data = args[0] };
        for (int i = 1; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--rows" when Number(args, ++i) is { } rows: options.Rows = rows; break;
                case "--composites" when Number(args, ++i) is { } composites: options.Composites = composites; break;
                case "--threads" when Number(args, ++i) is { } threads: options.Threads = threads; break;
                default: return null;
            }
        }

        return options;
    }

    private static int? Number(string[] args, int at) =>
        at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0 ? number : null;
}
