using System.CommandLine;
using DlpLora.Cli.Answering;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Cli.Rows;
using DlpLora.Runtime;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Safetensors;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora generate</c>: answers rows.</summary>
internal static class GenerateCommand
{
    public static Command Create(CliHost host)
    {
        AnswerOptions answer = new();
        Option<string?> input = new("--input") { Description = "The rows; default standard input.", HelpName = "FILE.jsonl" };
        Option<string?> logits = new("--logits") { Description = "Write each row's logits at the last prompt position.", HelpName = "FILE.safetensors" };
        Option<bool> withBase = new("--base") { Description = "Answer each row with the base as well." };
        Option<bool> json = SharedOptions.Json();
        Command command = new("generate", "Answer rows of {\"input\"} or {\"input_ids\"}.") { input, json, withBase, logits };
        answer.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            GenerationRequest shared = answer.CreateRequest(parsed);
            using TextReader rows = OpenRows(host, parsed.GetValue(input));
            await using DlpLoraEngine engine = await answer.LoadAsync(parsed, cancellationToken).ConfigureAwait(false);
            string? logitsFile = parsed.GetValue(logits);
            SafetensorsWriter? writer = logitsFile is null ? null : new SafetensorsWriter();
            RowAnswerer answerer = new(engine, shared, parsed.GetValue(withBase), writer);
            int exit = await RunAsync(host, rows, parsed.GetValue(input) ?? "standard input", answerer, parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
            writer?.Write(logitsFile!);
            return exit;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, TextReader rows, string source, RowAnswerer answerer, bool json, CancellationToken cancellationToken)
    {
        bool failed = false;
        int index = 0;
        await foreach ((int number, string line) in JsonLines.ReadAsync(rows, cancellationToken).ConfigureAwait(false))
        {
            string id = string.Empty;
            try
            {
                GenerateRow row = GenerateRow.Parse(line, source, number, index++, out id);
                GenerateResult result = await answerer.AnswerAsync(row, cancellationToken).ConfigureAwait(false);
                await WriteAsync(host, result, json).ConfigureAwait(false);
            }
            catch (DlpLoraException error)
            {
                failed = true;
                await JsonLines.WriteAsync(host.Out, new ErrorResult(id, error.Message), ResultsJson.Default.ErrorResult).ConfigureAwait(false);
            }
        }

        return failed ? ExitCode.BadInput : ExitCode.Ok;
    }

    private static async Task WriteAsync(CliHost host, GenerateResult result, bool json)
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

    private static TextReader OpenRows(CliHost host, string? path)
    {
        if (path is null)
        {
            return host.In;
        }

        try
        {
            return new StreamReader(path, new System.Text.UTF8Encoding(false));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException(Path.GetFullPath(path), string.Empty, $"could not be opened ({error.Message})", error);
        }
    }
}
