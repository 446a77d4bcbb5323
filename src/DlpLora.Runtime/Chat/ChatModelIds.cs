namespace DlpLora.Runtime.Chat;

/// <summary>The values of <c>ChatOptions.ModelId</c> that are no adapter's name.</summary>
public static class ChatModelIds
{
    /// <summary>The router decides from the text; the base answers where the engine has no router. The default.</summary>
    public const string Auto = "auto";

    /// <summary>The base alone.</summary>
    public const string Base = "base";
}
