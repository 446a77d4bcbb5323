using System.CommandLine;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Inspection;
using DlpLora.Cli.Results;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora inspect</c>: what a file or folder of ours holds.</summary>
internal static class InspectCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string> path = new("PATH") { Description = "A model folder, a Hugging Face folder, a GGUF or safetensors file, an adapter or a router." };
        Option<bool> json = SharedOptions.Json();
        Command command = new("inspect", "Say what a file or folder holds.") { path, json };
        command.SetAction(async (parsed, _) =>
        {
            InspectResult result = Inspector.Inspect(parsed.GetRequiredValue(path));
            if (parsed.GetValue(json))
            {
                await JsonLines.WriteAsync(host.Out, result, ResultsJson.Default.InspectResult).ConfigureAwait(false);
            }
            else
            {
                WriteForPeople(host, result);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void WriteForPeople(CliHost host, InspectResult result)
    {
        IAnsiConsole console = host.CreateConsole();
        console.MarkupLineInterpolated($"[bold]{result.Kind}[/] {result.Path}");
        Table facts = new() { Border = TableBorder.Rounded, ShowHeaders = false };
        facts.AddColumn("key").AddColumn("value");
        foreach ((string key, string value) in result.Facts)
        {
            facts.AddRow(Markup.Escape(key), Markup.Escape(value.Length <= 120 ? value : $"{value[..120]}…"));
        }

        console.Write(facts);
        if (result.Tensors is not { Count: > 0 } tensors)
        {
            return;
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("tensor").AddColumn("type").AddColumn("shape").AddColumn(new TableColumn("bytes").RightAligned());
        foreach (TensorRow tensor in tensors)
        {
            table.AddRow(Markup.Escape(tensor.Name), tensor.Type, $"[[{string.Join(", ", tensor.Shape)}]]", $"{tensor.Bytes}");
        }

        console.Write(table);
    }
}
