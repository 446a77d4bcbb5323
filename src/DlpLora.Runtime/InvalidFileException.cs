namespace DlpLora.Runtime;

/// <summary>A file or folder is missing, damaged, hostile, or not what this library can use.</summary>
public sealed class InvalidFileException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="place">Where in it: a byte offset, a JSON path, a tensor's name; empty for the file as a whole.</param>
    /// <param name="problem">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if another error led here.</param>
    public InvalidFileException(string path, string place, string problem, Exception? innerException = null)
        : base(place.Length == 0 ? $"{path}: {problem}" : $"{path}: {place}: {problem}", innerException)
    {
        Path = path;
        Place = place;
        Problem = problem;
    }

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>Where in the file: a byte offset, a JSON path, a tensor's name; empty for the file as a whole.</summary>
    public string Place { get; }

    /// <summary>What was found and what was expected.</summary>
    public string Problem { get; }
}
