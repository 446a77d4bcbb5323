using System.CommandLine;
using System.Globalization;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Runtime.Diagnostics;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora doctor</c>: what this machine has to run models with, and what is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliHost host)
    {
        Option<bool> json = SharedOptions.Json();
        Command command = new("doctor", "Tell what is found and what is missing, with the package that brings it.") { json };
        command.SetAction((parsed, _) => RunAsync(host, parsed.GetValue(json)));
        return command;
    }

    private static async Task<int> RunAsync(CliHost host, bool json)
    {
        RuntimeReport report = RuntimeProbe.Run();
        if (json)
        {
            await JsonLines.WriteAsync(host.Out, report, ResultsJson.Default.RuntimeReport).ConfigureAwait(false);
        }
        else
        {
            WriteForPeople(host, report);
        }

        return report.Problem is null ? ExitCode.Ok : ExitCode.Failure;
    }

    private static void WriteForPeople(CliHost host, RuntimeReport report)
    {
        Table table = new() { Border = TableBorder.Rounded, ShowHeaders = false };
        table.AddColumn("what").AddColumn("found");
        Add("platform", $"{report.RuntimeIdentifier}, {report.OperatingSystem}");
        Add(".NET", report.Framework);
        Add("processors", $"{report.Processors} ({report.DefaultThreads} threads for a model by default)");
        Add("CPU features", string.Join(", ", report.CpuFeatures));
        Add("memory", string.Create(CultureInfo.InvariantCulture, $"{report.AvailableMemoryBytes / 1073741824.0:0.0} GiB"));
        Add("ONNX Runtime", report.OnnxRuntimeVersion ?? "missing");
        if (report.OnnxRuntimePath is { } path)
        {
            Add("native library", path);
        }

        Add("providers", report.Providers.Count == 0 ? "none" : string.Join(", ", report.Providers));
        IAnsiConsole console = host.CreateConsole();
        console.Write(table);
        if (report.Problem is { } problem)
        {
            console.MarkupLineInterpolated($"[red]{problem}[/]");
        }

        void Add(string what, string found) => table.AddRow(Markup.Escape(what), Markup.Escape(found));
    }
}
