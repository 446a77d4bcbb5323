namespace DlpLora.Runtime.Training;

/// <summary>What became of the rows that were read: <see cref="Read"/> is <see cref="Used"/> and all that was left out.</summary>
public sealed record RouterTrainingReport
{
    /// <summary>Rows read. Blank lines are no rows.</summary>
    public required int Read { get; init; }

    /// <summary>Rows left to train on.</summary>
    public required int Used { get; init; }

    /// <summary>Rows left out because they are no JSON object with the fields that are needed.</summary>
    public int Unreadable { get; init; }

    /// <summary>Rows left out because they are longer than 1 MiB.</summary>
    public int TooLong { get; init; }

    /// <summary>Rows left out because their text is empty or white space.</summary>
    public required int Empty { get; init; }

    /// <summary>Rows left out because the same text with the same label came before.</summary>
    public required int Duplicates { get; init; }

    /// <summary>Rows left out because the same text also came with another label; nobody can route those.</summary>
    public required int Contradictions { get; init; }

    /// <summary>Rows whose bytes were no UTF-8; their broken bytes were read as U+FFFD.</summary>
    public required int InvalidUtf8 { get; init; }

    /// <summary>Rows used, by label; 0 for a label without a usable row, which the router then does not know.</summary>
    public required IReadOnlyDictionary<string, int> PerLabel { get; init; }

    /// <summary>Where it was found, in the order of reading; the first 1,000 of each problem.</summary>
    public IReadOnlyList<RouterTrainingFinding> Findings { get; init; } = [];

    /// <summary>What a person should look at, one sentence each; empty when all is well.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}
