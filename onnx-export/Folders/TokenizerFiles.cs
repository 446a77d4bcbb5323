using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Folders;

/// <summary>Carries the tokenizer's files from the source into the model folder. A source without them is exported all the same.</summary>
internal static class TokenizerFiles
{
    private const string ChatTemplate = "chat_template.jinja";

    public static readonly IReadOnlyList<string> Names =
        ["tokenizer.json", "tokenizer_config.json", ChatTemplate, "generation_config.json", "special_tokens_map.json"];

    public static void Copy(ModelSource source, string folder)
    {
        foreach (string name in Names)
        {
            string from = Path.Combine(source.Folder, name);
            if (File.Exists(from))
            {
                using FileStream input = File.OpenRead(from);
                using FileStream output = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
                input.CopyTo(output);
                output.Flush(flushToDisk: true);
            }
        }

        string template = Path.Combine(folder, ChatTemplate);
        if (source.EmbeddedChatTemplate is { } embedded && !File.Exists(template))
        {
            Runtime.Storage.AtomicFile.WriteText(template, embedded);
        }
    }
}
