namespace DlpLora.Runtime.Training;

/// <summary>What was found in a row of training data.</summary>
public enum RouterTrainingProblem
{
    /// <summary>No JSON object with the fields that are needed. Left out.</summary>
    Unreadable,

    /// <summary>A row of more than 1 MiB. Left out.</summary>
    TooLong,

    /// <summary>A text that is empty or white space. Left out.</summary>
    Empty,

    /// <summary>A text that came before under the same label. Left out.</summary>
    Duplicate,

    /// <summary>A text that also comes under another label; nobody can route it. All of its rows are left out.</summary>
    Contradiction,

    /// <summary>Bytes that are no UTF-8. Kept, with U+FFFD in their place.</summary>
    InvalidUtf8,

    /// <summary>A file in UTF-16. Kept, converted.</summary>
    Utf16,
}
