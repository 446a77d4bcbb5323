using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Runtime;
using Spectre.Console;

namespace DlpLora.Cli.Answering;

/// <summary>Writes the results of <c>generate</c> as they are handed over: a JSON object or a few lines a row.</summary>
internal sealed class GenerateOutput(CliHost host, RowAnswerer answerer, bool json)
{
    /// <summary>Whether a row could not be answered.</summary>
    public bool Failed { get; private set; }

    /// <summary>Waits for a row's answer and writes it, or the error that it ended with.</summary>
    public async Task WriteAsync((string Id, Task<(GenerateResult Result, float[]? Logits)> Answer) row)
    {
        try
        {
            (GenerateResult result, float[]? logits) = await row.Answer.ConfigureAwait(false);
            answerer.Keep(row.Id, logits);
            await WriteAsync(result).ConfigureAwait(false);
        }
        catch (DlpLoraException error)
        {
            Failed = true;
            await JsonLines.WriteAsync(host.Out, new ErrorResult(row.Id, error.Message), ResultsJson.Default.ErrorResult).ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(GenerateResult result)
    {
        if (json)
        {
            await JsonLines.WriteAsync(host.Out, result, ResultsJson.Default.GenerateResult).ConfigureAwait(false);
            return;
        }

        IAnsiConsole console = host.CreateConsole();
        console.MarkupLineInterpolated($"[bold]{result.Id}[/] [grey]{Describe(result.Routing)}[/]");

        // Past the console, which would break long lines: an answer's line ends are its own.
        await host.Out.WriteLineAsync(result.Text ?? string.Join(' ', result.OutputIds)).ConfigureAwait(false);
        if (result.BaseText is { } baseText)
        {
            await host.Out.WriteLineAsync($"base: {baseText}").ConfigureAwait(false);
        }

        await host.Out.FlushAsync().ConfigureAwait(false);
    }

    private static string Describe(RoutingRow? routing) => routing switch
    {
        null or { Adapters: [] } => "base",
        _ => string.Join(" + ", routing.Adapters.Select(a => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{a.Weight:0.##} {a.Name}"))),
    };
}
