using System.CommandLine;
using System.CommandLine.Parsing;
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
        CustomParser = ParseScope,
    };

    // By name only: an enum's own parser takes numbers as well, even such as name nothing.
    private static RoutingScope ParseScope(ArgumentResult result)
    {
        string value = result.Tokens[0].Value;
        foreach (RoutingScope scope in Enum.GetValues<RoutingScope>())
        {
            if (value.Equals(scope.ToString(), StringComparison.OrdinalIgnoreCase))
            {
                return scope;
            }
        }

        result.AddError($"--scope {value}: expected prompt or sentence");
        return default;
    }
}
