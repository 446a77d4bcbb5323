using System.Runtime.CompilerServices;
using DlpLora.OnnxExport;
using Spectre.Console;

namespace QuickStart;

/// <summary>The repo's base model as an int4 model folder, with the adapters and the router that lie beside it.</summary>
internal sealed record SampleModel(string Folder, string AdapterFolder, string RouterFile)
{
    /// <summary>Exports the model on the first run, with a progress bar; later runs find it done, unless the GGUF has changed.</summary>
    public static async Task<SampleModel> PrepareAsync(CancellationToken cancellationToken)
    {
        string root = FindRoot();
        string models = Path.Combine(root, "samples", "models");
        string gguf = Path.Combine(models, "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");
        string folder = Path.Combine(root, "artifacts", "models", "smollm2-int4");
        await AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask("exporting the model", autoStart: true, maxValue: 1);
                BarReport report = new(bar);
                await Task.Factory.StartNew(
                    () => ModelExporter.ExportIfStale(gguf, folder, new ExportOptions { Precision = Precision.Int4 }, report, cancellationToken),
                    cancellationToken,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default);
                bar.Value = 1;
            });
        return new SampleModel(folder, Path.Combine(models, "adapters"), Path.Combine(models, "router.safetensors"));
    }

    private static string FindRoot([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DlpLora.Runtime.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
    }

    private sealed class BarReport(ProgressTask bar) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value)
        {
            bar.Description = Markup.Escape(value.Step);
            bar.Value = value.Fraction;
        }
    }
}
