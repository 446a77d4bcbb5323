using System.CommandLine;
using DlpLora.Cli.Answering;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Cli.Rows;
using DlpLora.Runtime;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Safetensors;
using DlpLora.Runtime.Storage;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora generate</c>: answers rows.</summary>
internal static class GenerateCommand
{
    // As DlpLoraOptions.MaxConcurrentGenerations documents it.
    private const int MaximumParallel = 256;

    public static Command Create(CliHost host)
    {
        AnswerOptions answer = new();
        Option<string?> input = new("--input") { Description = "The rows; default standard input.", HelpName = "FILE.jsonl" };
        Option<string?> logits = new("--logits") { Description = "Write each row's logits at the last prompt position.", HelpName = "FILE.safetensors" };
        Option<bool> withBase = new("--base") { Description = "Answer each row with the base as well." };
        Option<int> parallel = new("--parallel") { Description = "Up to so many rows are decoded together.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Option<bool> json = SharedOptions.Json();
        Command command = new("generate", "Answer rows of {\"input\"} or {\"input_ids\"}.") { input, json, withBase, parallel, logits };
        answer.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            GenerationRequest shared = answer.CreateRequest(parsed);
            int together = parsed.GetValue(parallel);
            AnswerOptions.InRange("--parallel", together, 1, MaximumParallel);
            string? logitsFile = parsed.GetValue(logits);
            if (logitsFile is not null)
            {
                AtomicFile.CheckWritable(logitsFile);
            }

            using TextReader rows = OpenRows(host, parsed.GetValue(input));
            await using DlpLoraEngine engine = await answer.LoadAsync(parsed, together, prefixReuse: false, cancellationToken).ConfigureAwait(false);
            SafetensorsWriter? writer = logitsFile is null ? null : new SafetensorsWriter();
            RowAnswerer answerer = new(engine, shared, parsed.GetValue(withBase), writer);
            GenerateOutput output = new(host, answerer, parsed.GetValue(json));
            await RunAsync(rows, parsed.GetValue(input) ?? "standard input", answerer, output, together, cancellationToken).ConfigureAwait(false);
            writer?.Write(logitsFile!);
            return output.Failed ? ExitCode.BadInput : ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Answers up to so many rows at a time, and writes the results in the rows' order.</summary>
    private static async Task RunAsync(
        TextReader rows, string source, RowAnswerer answerer, GenerateOutput output, int together, CancellationToken cancellationToken)
    {
        Queue<(string Id, Task<(GenerateResult Result, float[]? Logits)> Answer)> underWay = new(together);
        int index = 0;
        Task<(int Number, string Line)?> next = JsonLines.ReadOneAsync(rows, 0, cancellationToken);
        while (underWay.Count > 0 || await next.ConfigureAwait(false) is not null)
        {
            // Rows may come from somebody who waits for an answer before he writes the next: whichever is there first goes on.
            if (underWay.Count > 0
                && (underWay.Count == together
                    || await Task.WhenAny(underWay.Peek().Answer, next).ConfigureAwait(false) != next
                    || await next.ConfigureAwait(false) is null))
            {
                await output.WriteAsync(underWay.Dequeue()).ConfigureAwait(false);
                continue;
            }

            (int number, string line) = (await next.ConfigureAwait(false))!.Value;
            string id = string.Empty;
            try
            {
                GenerateRow row = GenerateRow.Parse(line, source, number, index++, out id);
                underWay.Enqueue((id, answerer.AnswerAsync(row, cancellationToken)));
            }
            catch (DlpLoraException error)
            {
                underWay.Enqueue((id, Task.FromException<(GenerateResult, float[]?)>(error)));
            }

            next = JsonLines.ReadOneAsync(rows, number, cancellationToken);
        }
    }

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
