using System.CommandLine;
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
    };
}
