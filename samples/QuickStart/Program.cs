// The main job, end to end: one small model, 26 skills, picked by the text itself.
//   dotnet run -c Release --project samples/QuickStart                 answers the prompts of Prompts.cs
//   dotnet run -c Release --project samples/QuickStart "my prompt"     answers that one
using System.Globalization;
using DlpLora.Runtime;
using DlpLora.Runtime.Routing;
using QuickStart;
using Spectre.Console;

using CancellationTokenSource stop = new();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

try
{
    SampleModel model = await SampleModel.PrepareAsync(stop.Token);
    await using DlpLoraEngine engine = await DlpLoraEngine.LoadAsync(
        model.Folder,
        new DlpLoraOptions
        {
            AdapterFolder = model.AdapterFolder,
            RouterFile = model.RouterFile,
            RoutingScope = RoutingScope.Sentence,
        },
        stop.Token);
    AnsiConsole.MarkupLineInterpolated(
        CultureInfo.InvariantCulture,
        $"[grey]{engine.Model.Architecture} {engine.Model.Precision}, {engine.Adapters.Names.Count} adapters, router {engine.Router!.Version} with {engine.Router.ParameterCount:N0} parameters[/]");

    // The first decision of a process pays for compiling the code; the times shown are those of a running service.
    engine.Router.Decide("warm up");
    await new Showcase(engine).RunAsync(args.Length > 0 ? [string.Join(' ', args)] : Prompts.All, stop.Token);
    return 0;
}
catch (OperationCanceledException)
{
    AnsiConsole.MarkupLine("[grey]cancelled[/]");
    return 130;
}
catch (DlpLoraException error)
{
    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[red]{error.Message}[/]");
    return 1;
}
