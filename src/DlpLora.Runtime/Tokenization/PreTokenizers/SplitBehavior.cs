namespace DlpLora.Runtime.Tokenization.PreTokenizers;

/// <summary>What becomes of the places that a split pattern matches; the names are the file format's.</summary>
internal enum SplitBehavior
{
    /// <summary>They are dropped.</summary>
    Removed,

    /// <summary>Each is a piece.</summary>
    Isolated,

    /// <summary>Each is the end of the piece before it.</summary>
    MergedWithPrevious,

    /// <summary>Each is the start of the piece after it.</summary>
    MergedWithNext,

    /// <summary>Neighbours of one kind, matched or not, are one piece.</summary>
    Contiguous,
}
