using System.CommandLine;
using System.Globalization;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router train</c>: learns a router and tells what became of the rows.</summary>
internal static class RouterTrainCommand
{
    private const int PlacesShown = 3;

    public static Command Create(CliHost host)
    {
        Option<string> data = SharedOptions.Data();
        data.Description = "A folder with one folder a task, or a .jsonl file whose rows have input and task.";
        Option<string> output = new("--out") { Description = "The router file to write.", HelpName = "FILE", Required = true };
        Option<string?> tasks = new("--tasks") { Description = "The tasks to learn; default all.", HelpName = "a,b,..." };
        Option<int?> rows = new("--rows-per-task") { Description = "Only the first N rows of each task.", HelpName = "N" };
        Option<ulong> seed = new("--seed") { Description = "Seeds every random choice.", HelpName = "N", DefaultValueFactory = _ => 1 };
        Command command = new("train", "Learn a router from <task>/train.jsonl.") { data, output, tasks, rows, seed };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (parsed.GetValue(rows) is { } count && count < 1)
            {
                throw new UsageException($"--rows-per-task {count}: expected at least 1");
            }

            string[]? names = parsed.GetValue(tasks)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return RunAsync(
                host, parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), names, parsed.GetValue(rows), parsed.GetValue(seed), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliHost host, string path, string output, string[]? tasks, int? rowsPerTask, ulong seed, CancellationToken cancellationToken)
    {
        AtomicFile.CheckWritable(output);
        RouterTrainingData data = File.Exists(path)
            ? RouterTrainingData.FromFile(path, tasks, rowsPerTask)
            : RouterTrainingData.FromFolders(path, tasks, rowsPerTask);
        await TellAsync(host, data.Report).ConfigureAwait(false);

        TrainedRouter trained = await ProgressLine.RunAsync(host, "training", report => RouterTrainer.Train(
            data,
            new RouterTrainingOptions { Seed = seed },
            ProgressLine.Report<RouterTrainingProgress>(p => report($"epoch {p.Epoch} of {p.Epochs}, validation {p.ValidationAccuracy:P2}", (double)p.Epoch / p.Epochs)),
            cancellationToken)).ConfigureAwait(false);
        trained.Save(output);
        await host.Error.WriteLineAsync(
            $"wrote {Path.GetFullPath(output)}: {data.Labels.Count} labels from {data.Report.Used} rows, {trained.Router.ParameterCount} parameters").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    /// <summary>A table of what was found, with the first places, and the warnings; nothing where all rows are used and nothing is odd.</summary>
    private static async Task TellAsync(CliHost host, RouterTrainingReport report)
    {
        if (report.Findings.Count > 0)
        {
            Table table = new() { Border = TableBorder.Rounded };
            table.AddColumn("found").AddColumn(new TableColumn("rows").RightAligned()).AddColumn("first places");
            foreach (IGrouping<RouterTrainingProblem, RouterTrainingFinding> found in report.Findings.GroupBy(f => f.Problem).OrderBy(g => g.Key))
            {
                string places = string.Join('\n', found.Take(PlacesShown).Select(f => f.ToString()));
                table.AddRow(found.Key.ToString(), Count(report, found.Key).ToString(CultureInfo.InvariantCulture), Markup.Escape(places));
            }

            table.AddRow("used", report.Used.ToString(CultureInfo.InvariantCulture), $"of {report.Read} read");
            host.CreateErrorConsole().Write(table);
        }

        foreach (string warning in report.Warnings)
        {
            await host.Error.WriteLineAsync($"warning: {warning}").ConfigureAwait(false);
        }
    }

    private static int Count(RouterTrainingReport report, RouterTrainingProblem problem) => problem switch
    {
        RouterTrainingProblem.Unreadable => report.Unreadable,
        RouterTrainingProblem.TooLong => report.TooLong,
        RouterTrainingProblem.Empty => report.Empty,
        RouterTrainingProblem.Duplicate => report.Duplicates,
        RouterTrainingProblem.Contradiction => report.Contradictions,
        RouterTrainingProblem.InvalidUtf8 => report.InvalidUtf8,
        _ => report.Findings.Count(f => f.Problem == problem),
    };
}
