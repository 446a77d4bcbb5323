using System.CommandLine;
using DlpLora.Cli.Hosting;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Models;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora export</c>: a GGUF file or a Hugging Face folder becomes a model folder with slots.</summary>
internal static class ExportCommand
{
    private static readonly Dictionary<string, SlotScope> Scopes = new(StringComparer.Ordinal)
    {
        ["none"] = SlotScope.None,
        ["qv"] = SlotScope.QueryValue,
        ["attention"] = SlotScope.Attention,
        ["all-linear"] = SlotScope.AllLinear,
    };

    private static readonly Dictionary<string, Precision> Precisions = new(StringComparer.Ordinal)
    {
        ["fp32"] = Precision.Fp32,
        ["int8"] = Precision.Int8,
        ["int4"] = Precision.Int4,
    };

    public static Command Create(CliHost host)
    {
        Option<string> from = new("--from") { Description = "A GGUF file or a Hugging Face folder.", HelpName = "PATH", Required = true };
        Option<string?> to = new("--to") { Description = "The model folder to write.", HelpName = "DIR" };
        Option<string> precision = new("--precision") { Description = "How the linear weights are stored.", DefaultValueFactory = _ => "int4" };
        precision.AcceptOnlyFromAmong([.. Precisions.Keys]);
        Option<string> slots = new("--slots") { Description = "Which modules take adapters.", DefaultValueFactory = _ => "qv" };
        slots.AcceptOnlyFromAmong([.. Scopes.Keys]);
        Option<bool> check = new("--check") { Description = "Read and verify everything, write nothing." };
        Command command = new("export", "Turn a GGUF file or a Hugging Face folder into a model folder with slots.") { from, to, precision, slots, check };
        command.SetAction((parsed, cancellationToken) =>
        {
            string source = parsed.GetRequiredValue(from);
            if (parsed.GetValue(check))
            {
                return CheckAsync(host, source, cancellationToken);
            }

            string target = parsed.GetValue(to) ?? throw new UsageException("export needs --to DIR, or --check");
            ExportOptions options = new() { Precision = Precisions[parsed.GetValue(precision)!], Slots = Scopes[parsed.GetValue(slots)!] };
            return ExportAsync(host, source, target, options, cancellationToken);
        });
        return command;
    }

    private static async Task<int> ExportAsync(CliHost host, string source, string target, ExportOptions options, CancellationToken cancellationToken)
    {
        ModelManifest manifest = await ProgressLine.RunAsync(host, "exporting", report => ModelExporter.Export(
            source, target, options, ProgressLine.Report<ExportProgress>(p => report(p.Step, p.Fraction)), cancellationToken)).ConfigureAwait(false);
        await host.Error.WriteLineAsync(
            $"wrote {Path.GetFullPath(target)}: {manifest.Architecture}, {manifest.Precision}, {manifest.Slots.Count} slots, base {manifest.BaseFingerprint}").ConfigureAwait(false);
        return ExitCode.Ok;
    }

    private static async Task<int> CheckAsync(CliHost host, string source, CancellationToken cancellationToken)
    {
        IReadOnlyList<ExportFinding> findings = await ProgressLine.RunAsync(host, "checking", report => ModelExporter.Check(
            source, ProgressLine.Report<ExportProgress>(p => report(p.Step, p.Fraction)), cancellationToken)).ConfigureAwait(false);
        foreach (ExportFinding finding in findings)
        {
            string place = finding.Place.Length == 0 ? string.Empty : $"{finding.Place}: ";
            await host.Out.WriteLineAsync($"{finding.Path}: {place}{finding.Problem}").ConfigureAwait(false);
        }

        await host.Error.WriteLineAsync(findings.Count == 0 ? "no findings" : $"{findings.Count} findings").ConfigureAwait(false);
        return findings.Count == 0 ? ExitCode.Ok : ExitCode.BadInput;
    }
}
