namespace DlpLora.Runtime;

/// <summary>A request that cannot be answered as it stands: a number outside its range, an empty prompt, no tokenizer for its text.</summary>
public class InvalidRequestException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="field">The request's member that is wrong.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public InvalidRequestException(string field, string problem, Exception? innerException = null)
        : base($"{field}: {problem}", innerException) => Field = field;

    /// <summary>The request's member that is wrong.</summary>
    public string Field { get; }
}
