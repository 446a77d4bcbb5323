using System.Text.Json;
using DlpLora.Cli.Hosting;

namespace DlpLora.Cli.Tests;

/// <summary>Runs the command line in this process, as a script would with redirected streams.</summary>
internal sealed record Cli(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<JsonElement> Rows =>
        [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];

    public static Task<Cli> RunAsync(params string[] args) => RunWithInputAsync(string.Empty, args);

    public static async Task<Cli> RunWithInputAsync(string input, params string[] args)
    {
        using StringReader reader = new(input);
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        int exit = await CommandLine.RunAsync(args, new CliHost(reader, output, error, Decorate: false, Animate: false)).ConfigureAwait(false);
        return new Cli(exit, output.ToString(), error.ToString());
    }
}
