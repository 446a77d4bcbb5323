namespace DlpLora.Runtime.Templates;

/// <summary>A model folder has no chat template, so that messages can't be turned into a prompt.</summary>
public sealed class MissingChatTemplateException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="folder">The model folder.</param>
    public MissingChatTemplateException(string folder)
        : base($"{folder}: has no chat template; looked for {ChatTemplateFiles.TemplateFile}, and for 'chat_template' in {ChatTemplateFiles.ConfigFile}. "
            + "Add the model's own template, or send a prompt instead of messages.") => Folder = folder;

    /// <summary>The model folder.</summary>
    public string Folder { get; }
}
