using System.CommandLine;
using System.Globalization;
using System.Text;
using DlpLora.Cli.Explaining;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Runtime.Routing;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router explain</c>: why a text, and each segment of it, gets its adapters.</summary>
internal static class RouterExplainCommand
{
    /// <summary>Labels shown to a person.</summary>
    private const int ShownLabels = 5;

    /// <summary>A word's gain from which it is coloured, in nats.</summary>
    private const float Telling = 0.5f;

    public static Command Create(CliHost host)
    {
        Option<string> router = SharedOptions.Router(required: true);
        Option<string?> text = new("--text") { Description = "The text; default all of standard input.", HelpName = "TEXT" };
        Option<bool> json = SharedOptions.Json();
        Command command = new("explain", "Say why a text gets its adapters, and which of its words speak for them.") { router, text, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string input = parsed.GetValue(text) ?? (await host.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false)).TrimEnd('\r', '\n');
            return await RunAsync(host, Router.Load(parsed.GetRequiredValue(router)), input, parsed.GetValue(json)).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliHost host, Router router, string text, bool json)
    {
        // The first decision of a process pays for compiling the code.
        router.Decide("warm up");
        ExplainedDecision whole = Explain(router, text, 0, router.Decide(text));
        ExplainedDecision[] segments =
        [
            .. router.DecideSegments(text, RoutingPolicy.Default).Select(s => Explain(router, text[s.Start..s.End], s.Start, s.Decision)),
        ];
        if (json)
        {
            await JsonLines.WriteAsync(host.Out, new ExplainResult(text, router.Version, whole, segments), ResultsJson.Default.ExplainResult).ConfigureAwait(false);
            return ExitCode.Ok;
        }

        IAnsiConsole console = host.CreateConsole();
        Write(console, "whole text", text, whole);
        for (int i = 0; segments.Length > 1 && i < segments.Length; i++)
        {
            Write(console, string.Create(CultureInfo.InvariantCulture, $"segment {i + 1}, {segments[i].Start}..{segments[i].End}"), text, segments[i]);
        }

        console.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]router {router.Version}, {router.Labels.Count} labels[/]");
        return ExitCode.Ok;
    }

    private static ExplainedDecision Explain(Router router, string text, int offset, RoutingDecision decision)
    {
        LabelRow[] labels = new LabelRow[decision.Labels.Count];
        int best = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            labels[i] = new LabelRow(decision.Labels[i], decision.Scores[i], decision.Probabilities[i]);
            best = decision.Probabilities[i] > decision.Probabilities[best] ? i : best;
        }

        return new ExplainedDecision(
            offset,
            offset + text.Length,
            decision.Abstained,
            decision.Reason.ToString(),
            decision.Confidence,
            decision.Threshold,
            decision.Microseconds,
            AdapterRow.From(decision),
            [.. labels.OrderByDescending(l => l.Probability).ThenByDescending(l => l.Score).ThenBy(l => l.Name, StringComparer.Ordinal)],
            [.. WordContributions.Of(router, text, best).Select(w => new WordRow(text[w.Start..w.End], offset + w.Start, offset + w.End, w.Gain))]);
    }

    private static void Write(IAnsiConsole console, string title, string text, ExplainedDecision decision)
    {
        string adapters = decision.Abstained
            ? "base"
            : string.Join(" + ", decision.Adapters.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Weight:0.00} {a.Name}")));
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"[bold]{title}[/]: [{(decision.Abstained ? "yellow" : "green")}]{adapters}[/]  {decision.Reason}, confidence {decision.Confidence:0.000} against {decision.Threshold:0.000}, {decision.Microseconds:0.0} us");
        Table table = new() { Border = TableBorder.Rounded };
        table.AddColumn("label").AddColumn(new TableColumn("score").RightAligned()).AddColumn(new TableColumn("probability").RightAligned()).AddColumn("kept");
        foreach (LabelRow label in decision.Labels.Take(ShownLabels))
        {
            bool kept = decision.Adapters.Any(a => a.Name == label.Name);
            table.AddRow(
                Markup.Escape(label.Name),
                label.Score.ToString("0.00", CultureInfo.InvariantCulture),
                label.Probability.ToString("0.0000", CultureInfo.InvariantCulture),
                kept ? "yes" : string.Empty);
        }

        console.Write(table);
        console.MarkupLine(Coloured(text, decision));
        string telling = string.Join(", ", decision.Words.OrderByDescending(w => w.Gain).Take(ShownLabels).Where(w => w.Gain > 0).Select(
            w => string.Create(CultureInfo.InvariantCulture, $"{w.Word} {w.Gain:+0.00}")));
        if (telling.Length > 0)
        {
            console.MarkupLineInterpolated($"[grey]for {decision.Labels[0].Name}: {telling}[/]");
        }

        console.WriteLine();
    }

    /// <summary>The text with the words that speak for the label in green, those against it in red.</summary>
    private static string Coloured(string text, ExplainedDecision decision)
    {
        StringBuilder marked = new();
        int position = decision.Start;
        foreach (WordRow word in decision.Words)
        {
            marked.Append(Markup.Escape(text[position..word.Start]));
            string escaped = Markup.Escape(word.Word);
            marked.Append(word.Gain >= Telling ? $"[green]{escaped}[/]" : word.Gain <= -Telling ? $"[red]{escaped}[/]" : escaped);
            position = word.End;
        }

        return marked.Append(Markup.Escape(text[position..decision.End])).ToString();
    }
}
