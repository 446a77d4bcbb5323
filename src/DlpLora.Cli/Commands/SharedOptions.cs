using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Commands;

/// <summary>Options that several commands have, always with the same meaning.</summary>
internal static class SharedOptions
{
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object a line." };

    public static Option<string> Router(bool required) => new("--router")
    {
        Description = "The router's .safetensors file.",
        HelpName = "FILE",
        Required = required,
    };

    public static Option<string> Data() => new("--data")
    {
        Description = "A folder with one folder a task.",
        HelpName = "DIR",
        Required = true,
    };

    public static Option<RoutingScope> Scope() => new("--scope")
    {
        Description = "Decide once a prompt, or for every sentence: prompt or sentence.",
        HelpName = "SCOPE",
        DefaultValueFactory = _ => RoutingScope.Prompt,
        CustomParser = result => Parse<RoutingScope>(result, "--scope"),
    };

    /// <summary>A value by its name in lower case, words parted by hyphens.</summary>
    public static T Parse<T>(ArgumentResult result, string option)
        where T : struct, Enum
    {
        // By name only: an enum's own parser takes numbers as well, even such as name nothing.
        string value = result.Tokens[0].Value;
        foreach (T candidate in Enum.GetValues<T>())
        {
            if (value.Equals(JsonNamingPolicy.KebabCaseLower.ConvertName(candidate.ToString()), StringComparison.OrdinalIgnoreCase))
            {
                return candidate;
            }
        }

        result.AddError($"{option} {value}: expected {string.Join(" or ", Enum.GetNames<T>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName))}");
        return default;
    }
}
