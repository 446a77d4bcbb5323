using System.Globalization;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Templates;
using Spectre.Console;

namespace QuickStart;

/// <summary>Answers prompts twice, with the adapters that the text asks for and with the base alone, and shows both side by side.</summary>
internal sealed class Showcase(DlpLoraEngine engine)
{
    private const int MaxTokens = 64;

    public async Task RunAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken)
    {
        double seconds = 0;
        int tokens = 0;
        foreach (string prompt in prompts)
        {
            GenerationRequest request = new() { Messages = [new ChatMessage("user", prompt)], MaxTokens = MaxTokens };
            GenerationResult routed = await engine.GenerateAsync(request, cancellationToken);
            GenerationResult plain = await engine.GenerateAsync(request with { Mixture = Mixture.Empty }, cancellationToken);
            Show(prompt, routed, plain);
            seconds += routed.Usage.DecodeTime.TotalSeconds;
            tokens += Math.Max(0, routed.Usage.CompletionTokens - 1);
        }

        if (seconds > 0)
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]decoding with adapters: {tokens / seconds:0} tokens a second[/]");
        }
    }

    private static void Show(string prompt, GenerationResult routed, GenerationResult plain)
    {
        Grid grid = new();
        grid.AddColumn(new GridColumn { NoWrap = true, Width = 8 }).AddColumn();
        AddRow(grid, "prompt", prompt, "white");
        foreach (AppliedMixture part in Decisions(routed))
        {
            string seconds = part.Decision is { } decision ? string.Create(CultureInfo.InvariantCulture, $"  ({decision.Microseconds:0} us)") : string.Empty;
            AddRow(grid, "router", $"{part.Mixture}{seconds}", "yellow");
        }

        AddRow(grid, "routed", Answer(routed), "green");
        AddRow(grid, "base", Answer(plain), "grey");
        AddRow(
            grid,
            "speed",
            string.Create(CultureInfo.InvariantCulture, $"{routed.Usage.DecodeTokensPerSecond:0} tokens/s routed, {plain.Usage.DecodeTokensPerSecond:0} base"),
            "grey");
        AnsiConsole.Write(new Panel(grid) { Border = BoxBorder.Rounded, Expand = true });
    }

    /// <summary>The decisions of the sequence, each once: neighbours with the same decision are one.</summary>
    private static IEnumerable<AppliedMixture> Decisions(GenerationResult result) =>
        result.Routing.Where((part, i) => i == 0 || !part.Mixture.Equals(result.Routing[i - 1].Mixture));

    private static string Answer(GenerationResult result) =>
        (result.Text ?? string.Empty).Trim() + (result.FinishReason == FinishReason.Length ? " …" : string.Empty);

    private static void AddRow(Grid grid, string label, string text, string colour) =>
        grid.AddRow(new Text(label, new Style(Color.Grey)), new Markup($"[{colour}]{Markup.Escape(text)}[/]"));
}
