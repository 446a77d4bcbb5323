using System.Text;
using System.Text.Json;
using DlpLora.Runtime.Templates.Jinja;
using DlpLora.Runtime.Tokenization.Json;

namespace DlpLora.Runtime.Templates;

/// <summary>Reads a model folder's chat template and special tokens. The files are strangers': sizes and depth are bounded.</summary>
internal sealed class ChatTemplateFiles
{
    public const string TemplateFile = "chat_template.jinja";
    public const string ConfigFile = "tokenizer_config.json";
    public const string TokenizerFile = "tokenizer.json";
    private const int MaximumConfigBytes = 32 << 20;

    private ChatTemplateFiles(string? source, SpecialTokens specialTokens)
    {
        Source = source;
        SpecialTokens = specialTokens;
    }

    /// <summary>The template, or null where the folder has none.</summary>
    public string? Source { get; }

    public SpecialTokens SpecialTokens { get; }

    public static ChatTemplateFiles Read(string folder, IReadOnlyList<string>? controlTokens)
    {
        string? source = ReadTemplate(Path.Combine(folder, TemplateFile));
        Dictionary<string, string> named = new(StringComparer.Ordinal);
        List<string> spellings = [.. controlTokens ?? ReadControlTokens(Path.Combine(folder, TokenizerFile))];
        string config = Path.Combine(folder, ConfigFile);
        if (File.Exists(config))
        {
            using JsonDocument document = Parse(config, MaximumConfigBytes);
            JsonPlace root = new(config, "$", document.RootElement);
            source ??= TemplateOf(root);
            ReadNamed(root, named, spellings);
        }

        return new ChatTemplateFiles(source, new SpecialTokens(named, spellings));
    }

    private static string? ReadTemplate(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > JinjaTemplate.MaximumSource * 3L)
        {
            throw new InvalidFileException(path, string.Empty, $"has {new FileInfo(path).Length} bytes; expected at most {JinjaTemplate.MaximumSource} characters");
        }

        try
        {
            return File.ReadAllText(path, Encoding.UTF8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"can't be read: {error.Message}", error);
        }
    }

    private static string? TemplateOf(JsonPlace root)
    {
        if (root.Optional("chat_template") is not { } template)
        {
            return null;
        }

        if (template.Element.ValueKind == JsonValueKind.String)
        {
            return template.Text();
        }

        List<string> names = [];
        foreach (JsonPlace item in template.Items())
        {
            names.Add(item.Required("name").Text());
            if (names[^1] == "default")
            {
                return item.Required("template").Text();
            }
        }

        throw template.Error($"has the templates '{string.Join("', '", names)}'; expected one named 'default'");
    }

    private static void ReadNamed(JsonPlace root, Dictionary<string, string> named, List<string> spellings)
    {
        foreach ((string name, JsonPlace value) in root.Properties())
        {
            if (name == "added_tokens_decoder")
            {
                spellings.AddRange(value.Properties().Where(t => t.Value.Flag("special", fallback: false)).Select(t => t.Value.Required("content").Text()));
            }
            else if (name == "additional_special_tokens" && value.Element.ValueKind == JsonValueKind.Array)
            {
                spellings.AddRange(value.Items().Select(Spelling).OfType<string>());
            }
            else if (name.EndsWith("_token", StringComparison.Ordinal) && Spelling(value) is { } spelling)
            {
                named[name] = spelling;
            }
        }
    }

    /// <summary>A token is a string, or an object with its content; other values (<c>add_bos_token</c>) are none.</summary>
    private static string? Spelling(JsonPlace value) => value.Element.ValueKind switch
    {
        JsonValueKind.String => value.Text(),
        JsonValueKind.Object when value.Optional("content") is { } content => content.Text(),
        _ => null,
    };

    private static IEnumerable<string> ReadControlTokens(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using JsonDocument document = Parse(path, TokenizerJson.MaximumBytes);
        JsonPlace root = new(path, "$", document.RootElement);
        return root.Optional("added_tokens") is not { } tokens
            ? []
            : [.. tokens.Items().Where(t => t.Flag("special", fallback: false)).Select(t => t.Required("content").Text())];
    }

    private static JsonDocument Parse(string path, int limit)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            return stream.Length <= limit
                ? JsonDocument.Parse(stream, new JsonDocumentOptions { MaxDepth = TokenizerJson.MaximumDepth })
                : throw new InvalidFileException(path, string.Empty, $"has {stream.Length} bytes; expected at most {limit}");
        }
        catch (JsonException error)
        {
            throw new InvalidFileException(path, $"line {(error.LineNumber ?? 0) + 1}", $"is not JSON ({error.Message})", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(path, string.Empty, $"can't be read: {error.Message}", error);
        }
    }
}
