using System.CommandLine;
using System.Globalization;
using DlpLora.Cli.Hosting;
using DlpLora.Cli.Rows;
using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router add</c>, <c>remove</c> and <c>rename</c>: changes a router's labels without training.</summary>
internal static class RouterLabelCommands
{
    public static Command CreateAdd(CliHost host)
    {
        (Option<string> router, Option<string> name, Option<string> output) = Shared("The adapter to add.");
        Option<string> examples = new("--examples")
        {
            Description = "5 to 1,000 of its texts: {\"input\"} or {\"text\"} a line.",
            HelpName = "FILE.jsonl",
            Required = true,
        };
        Command command = new("add", "Let a router know one more adapter, from a few examples and without training.") { router, name, examples, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            Router before = Router.Load(parsed.GetRequiredValue(router));
            IReadOnlyList<string> texts = await ExampleTexts.ReadAsync(parsed.GetRequiredValue(examples), cancellationToken).ConfigureAwait(false);
            return await SaveAsync(host, before.AddAdapter(parsed.GetRequiredValue(name), texts), parsed.GetRequiredValue(output)).ConfigureAwait(false);
        });
        return command;
    }

    public static Command CreateRemove(CliHost host)
    {
        (Option<string> router, Option<string> name, Option<string> output) = Shared("The label to take out.");
        Command command = new("remove", "Take a label out of a router.") { router, name, output };
        command.SetAction((parsed, _) => SaveAsync(
            host, Router.Load(parsed.GetRequiredValue(router)).RemoveAdapter(parsed.GetRequiredValue(name)), parsed.GetRequiredValue(output)));
        return command;
    }

    public static Command CreateRename(CliHost host)
    {
        (Option<string> router, Option<string> name, Option<string> output) = Shared("The label to rename.");
        Option<string> to = new("--to") { Description = "Its new name.", HelpName = "NAME", Required = true };
        Command command = new("rename", "Give a router's label another name; its scores stay.") { router, name, to, output };
        command.SetAction((parsed, _) => SaveAsync(
            host,
            Router.Load(parsed.GetRequiredValue(router)).RenameAdapter(parsed.GetRequiredValue(name), parsed.GetRequiredValue(to)),
            parsed.GetRequiredValue(output)));
        return command;
    }

    private static (Option<string> Router, Option<string> Name, Option<string> Output) Shared(string nameDescription) =>
    (
        SharedOptions.Router(required: true),
        new("--name") { Description = nameDescription, HelpName = "NAME", Required = true },
        new("--out") { Description = "The router file to write; it may be the one that was read.", HelpName = "FILE", Required = true });

    private static async Task<int> SaveAsync(CliHost host, Router router, string path)
    {
        router.Save(path);
        await host.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"wrote {Path.GetFullPath(path)}: {router.Labels.Count} labels, {router.ParameterCount} parameters, version {router.Version}")).ConfigureAwait(false);
        return ExitCode.Ok;
    }
}
