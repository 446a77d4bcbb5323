using System.CommandLine;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Storage;
using DlpLora.Runtime.Training;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router</c>: trains and measures routers.</summary>
internal static class RouterCommand
{
    public static Command Create(CliHost host) => new("router", "Train, measure, change and question routers.")
    {
        CreateTrain(host),
        CreateEval(host),
        RouterLabelCommands.CreateAdd(host),
        RouterLabelCommands.CreateRemove(host),
        RouterLabelCommands.CreateRename(host),
        RouterExplainCommand.Create(host),
    };

    private static Command CreateTrain(CliHost host)
    {
        Option<string> data = SharedOptions.Data();
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
            return TrainAsync(
                host, parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), names, parsed.GetValue(rows), parsed.GetValue(seed), cancellationToken);
        });
        return command;
    }

    private static Command CreateEval(CliHost host)
    {
        Option<string> router = SharedOptions.Router(required: true);
        Option<string> data = SharedOptions.Data();
        Option<string> split = new("--split") { Description = "The rows to measure on: <task>/NAME.jsonl.", HelpName = "NAME", Required = true };
        Option<bool> json = SharedOptions.Json();
        Command command = new("eval", "Measure a router on a split.") { router, data, split, json };
        command.SetAction((parsed, _) =>
        {
            string name = parsed.GetRequiredValue(split);
            return SafeName.IsValid(name)
                ? EvalAsync(host, parsed.GetRequiredValue(router), parsed.GetRequiredValue(data), name, parsed.GetValue(json))
                : throw new UsageException($"--split {name}: expected the name of <task>/NAME.jsonl without folders");
        });
        return command;
    }

    private static async Task<int> TrainAsync(
        CliHost host, string folder, string output, string[]? tasks, int? rowsPerTask, ulong seed, CancellationToken cancellationToken)
    {
        RouterTrainingData data = RouterTrainingData.FromFolders(folder, tasks, rowsPerTask);
        foreach (string warning in data.Report.Warnings)
        {
            await host.Error.WriteLineAsync($"warning: {warning}").ConfigureAwait(false);
        }

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

    private static async Task<int> EvalAsync(CliHost host, string routerFile, string folder, string split, bool json)
    {
        Router router = Router.Load(routerFile);
        string[] unknown = [.. TaskFolders.Find(folder, split).Select(t => t.Task).Where(t => !router.Labels.Contains(t))];
        if (unknown.Length > 0)
        {
            await host.Error.WriteLineAsync($"left out, since the router has no such label: {string.Join(", ", unknown)}").ConfigureAwait(false);
        }

        RouterEvaluation evaluation = RouterEvaluator.Evaluate(router, RouterEvaluator.ReadRows(router, folder, split), split);
        if (json)
        {
            await JsonLines.WriteAsync(host.Out, evaluation, EvaluationJson.Default.RouterEvaluation).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("task").AddColumn(new TableColumn("top-1").RightAligned());
        foreach ((string task, double top1) in evaluation.PerTask)
        {
            table.AddRow(Markup.Escape(task), $"{top1:P2}");
        }

        IAnsiConsole console = host.CreateConsole();
        console.Write(table);
        console.MarkupLineInterpolated(
            $"{evaluation.Rows} rows: top-1 {evaluation.Top1:P2}, top-2 {evaluation.Top2:P2}, ECE {evaluation.Ece:0.0000}, abstained {evaluation.Abstained:P2}");
        return ExitCode.Ok;
    }
}
