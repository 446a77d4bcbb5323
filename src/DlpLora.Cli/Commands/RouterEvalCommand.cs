using System.CommandLine;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Reports;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router eval</c>: measures a router, for scripts and, with a report page, for people.</summary>
internal static class RouterEvalCommand
{
    public static Command Create(CliHost host)
    {
        Option<string> router = SharedOptions.Router(required: true);
        Option<string> data = SharedOptions.Data();
        Option<string> split = new("--split") { Description = "The rows to measure on: <task>/NAME.jsonl.", HelpName = "NAME", Required = true };
        Option<bool> json = SharedOptions.Json();
        Option<string?> report = new("--report") { Description = "Write report.html and its pictures into this folder.", HelpName = "DIR" };
        Command command = new("eval", "Measure a router on a split.") { router, data, split, json, report };
        command.SetAction((parsed, cancellationToken) =>
        {
            string name = parsed.GetRequiredValue(split);
            return SafeName.IsValid(name)
                ? RunAsync(
                    host, parsed.GetRequiredValue(router), parsed.GetRequiredValue(data), name, parsed.GetValue(json), parsed.GetValue(report), cancellationToken)
                : throw new UsageException($"--split {name}: expected the name of <task>/NAME.jsonl without folders");
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, string routerFile, string folder, string split, bool json, string? report, CancellationToken cancellationToken)
    {
        Router router = Router.Load(routerFile);
        string[] unknown = [.. TaskFolders.Find(folder, split).Select(t => t.Task).Where(t => !router.Labels.Contains(t))];
        if (unknown.Length > 0)
        {
            await host.Error.WriteLineAsync($"left out, since the router has no such label: {string.Join(", ", unknown)}").ConfigureAwait(false);
        }

        IReadOnlyList<RouterExample> rows = RouterEvaluator.ReadRows(router, folder, split);
        IReadOnlyList<RouterOutcome> outcomes = await ProgressLine.RunAsync(host, $"routing {rows.Count} rows", tell => RouterEvaluator.Route(
            router, rows, ProgressLine.Report<double>(done => tell($"routing {rows.Count} rows", done)), cancellationToken)).ConfigureAwait(false);
        RouterEvaluation evaluation = RouterEvaluator.Summarize(outcomes, split);
        if (report is not null)
        {
            await WriteReportAsync(host, report, $"router {router.Version} on {split}", outcomes).ConfigureAwait(false);
        }

        if (json)
        {
            await JsonLines.WriteAsync(host.Out, evaluation, EvaluationJson.Default.RouterEvaluation).ConfigureAwait(false);
        }
        else
        {
            WriteTable(host.CreateConsole(), evaluation);
        }

        return ExitCode.Ok;
    }

    private static async Task WriteReportAsync(CliHost host, string folder, string title, IReadOnlyList<RouterOutcome> outcomes)
    {
        ClassifierReport report = new(title, outcomes.Select(o => new ClassifierOutcome(o.Text, o.Label, o.Found, o.Probability, o.Abstained)));
        string page = Path.Combine(folder, "report.html");
        AtomicFile.WriteText(page, report.ToPage().ToHtml());
        foreach ((string name, Chart chart) in ((string, Chart)[])[("confusion", report.Confusion), ("reliability", report.Reliability)])
        {
            AtomicFile.Write(Path.Combine(folder, $"{name}.png"), stream => stream.Write(chart.ToPng()));
            AtomicFile.WriteText(Path.Combine(folder, $"{name}.svg"), chart.ToSvg());
        }

        await host.Error.WriteLineAsync($"wrote {Path.GetFullPath(page)}").ConfigureAwait(false);
    }

    private static void WriteTable(IAnsiConsole console, RouterEvaluation evaluation)
    {
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("task").AddColumn(new TableColumn("top-1").RightAligned());
        foreach ((string task, double top1) in evaluation.PerTask)
        {
            table.AddRow(Markup.Escape(task), $"{top1:P2}");
        }

        console.Write(table);
        console.MarkupLineInterpolated(
            $"{evaluation.Rows} rows: top-1 {evaluation.Top1:P2}, top-2 {evaluation.Top2:P2}, ECE {evaluation.Ece:0.0000}, abstained {evaluation.Abstained:P2}");
    }
}
