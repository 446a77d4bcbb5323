namespace DlpLora.Runtime;

/// <summary>The base of every error that this library throws on purpose.</summary>
public class DlpLoraException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="message">One sentence that says what is wrong and what was expected.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public DlpLoraException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
