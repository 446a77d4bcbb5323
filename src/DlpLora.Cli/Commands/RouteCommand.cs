using System.CommandLine;
using System.Text.Json;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Results;
using DlpLora.Runtime;
using DlpLora.Runtime.Routing;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora route</c>: which adapters a text asks for.</summary>
internal static class RouteCommand
{
    private const string StandardInput = "standard input";

    public static Command Create(CliHost host)
    {
        Option<string> router = SharedOptions.Router(required: true);
        Option<RoutingScope> scope = SharedOptions.Scope();
        Option<bool> json = SharedOptions.Json();
        Command command = new("route", "Read {\"text\"} a line and say which adapters each text asks for.") { router, scope, json };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            host, parsed.GetRequiredValue(router), parsed.GetValue(scope), parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliHost host, string routerFile, RoutingScope scope, bool json, CancellationToken cancellationToken)
    {
        Router router = Router.Load(routerFile);

        // The first decision of a process pays for compiling the code; it would be printed as the first text's time.
        router.Decide("warm up");
        bool failed = false;
        await foreach ((int number, string line) in JsonLines.ReadAsync(host.In, cancellationToken).ConfigureAwait(false))
        {
            string text;
            try
            {
                text = ParseText(line, number);
            }
            catch (InvalidFileException error)
            {
                failed = true;
                await JsonLines.WriteAsync(host.Out, new ErrorResult(null, error.Message), ResultsJson.Default.ErrorResult).ConfigureAwait(false);
                continue;
            }

            RoutingDecision decision = router.Decide(text);
            IReadOnlyList<SegmentDecision>? segments = scope == RoutingScope.Sentence ? router.DecideSegments(text, RoutingPolicy.Default) : null;
            if (json)
            {
                RouteResult result = new(
                    text, decision.Abstained, AdapterRow.From(decision), decision.Microseconds, segments?.Select(SegmentRow.From).ToArray());
                await JsonLines.WriteAsync(host.Out, result, ResultsJson.Default.RouteResult).ConfigureAwait(false);
            }
            else
            {
                WriteForPeople(host, text, decision, segments);
            }
        }

        return failed ? ExitCode.BadInput : ExitCode.Ok;
    }

    private static string ParseText(string line, int number) => JsonLines.Parse(
        StandardInput,
        $"line {number}",
        line,
        "the string 'text'",
        row => row.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()!
            : throw new InvalidFileException(StandardInput, $"line {number}", "expected an object with the string 'text'"));

    private static void WriteForPeople(CliHost host, string text, RoutingDecision decision, IReadOnlyList<SegmentDecision>? segments)
    {
        IAnsiConsole console = host.CreateConsole();
        console.MarkupLineInterpolated($"[bold]{decision.ToMixture()}[/]  [grey]{decision.Reason}, {decision.Microseconds:0.0} us[/]  {Shorten(text)}");
        foreach (SegmentDecision segment in segments ?? [])
        {
            console.MarkupLineInterpolated($"  [grey]{segment.Start}..{segment.End}[/] {segment.Decision.ToMixture()}  {Shorten(text[segment.Start..segment.End])}");
        }
    }

    private static string Shorten(string text)
    {
        const int Longest = 80;
        string line = text.ReplaceLineEndings(" ").Trim();
        return line.Length <= Longest ? line : $"{line[..Longest]}…";
    }
}
