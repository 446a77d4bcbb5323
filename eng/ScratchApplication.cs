// What a user of the packages writes first. Run by eng/scratch-application.sh in an application outside the checkout.
using DlpLora.OnnxExport;
using DlpLora.Reports;
using DlpLora.Runtime;
using DlpLora.Runtime.Generation;

string models = args[0];
string folder = Path.Combine(Path.GetTempPath(), $"dlplora-scratch-{Environment.ProcessId}");
try
{
    ModelExporter.Export(Path.Combine(models, "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"), folder, new ExportOptions());
    await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(folder, new DlpLoraOptions
    {
        AdapterFolder = Path.Combine(models, "adapters"),
        RouterFile = Path.Combine(models, "router.safetensors"),
    });
    GenerationResult answer = await engine.GenerateAsync("Translate this Spanish sentence into English: El tren sale a las ocho.");
    Console.WriteLine($"{answer.Routing[^1].Mixture}: {answer.Text}");
    if (string.IsNullOrWhiteSpace(answer.Text) || answer.Routing[^1].Mixture.IsEmpty)
    {
        Console.Error.WriteLine("expected a routed answer");
        return 1;
    }

    BarChart chart = new()
    {
        Title = "Tokens",
        Description = "Tokens of one answer.",
        Categories = ["prompt", "answer"],
        Series = [new BarSeries(string.Empty, [Spread.Exact(answer.Usage.PromptTokens), Spread.Exact(answer.Usage.CompletionTokens)])],
    };
    Console.WriteLine($"a chart of {chart.ToPng().Length} bytes");
}
finally
{
    if (Directory.Exists(folder))
    {
        Directory.Delete(folder, recursive: true);
    }
}

return 0;
