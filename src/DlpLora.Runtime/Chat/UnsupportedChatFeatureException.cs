namespace DlpLora.Runtime.Chat;

/// <summary>A request asks the chat client for something that it does not do. It is refused rather than left out in silence.</summary>
public sealed class UnsupportedChatFeatureException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="feature">The option's or the content's name.</param>
    /// <param name="problem">What was given and what is possible.</param>
    public UnsupportedChatFeatureException(string feature, string problem)
        : base($"{feature}: {problem}") => Feature = feature;

    /// <summary>The option's or the content's name.</summary>
    public string Feature { get; }
}
