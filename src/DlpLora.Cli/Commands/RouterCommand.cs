using System.CommandLine;
using DlpLora.Cli.Hosting;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router</c>: trains, measures, changes and questions routers.</summary>
internal static class RouterCommand
{
    public static Command Create(CliHost host) => new("router", "Train, measure, change and question routers.")
    {
        RouterTrainCommand.Create(host),
        RouterEvalCommand.Create(host),
        RouterLabelCommands.CreateAdd(host),
        RouterLabelCommands.CreateRemove(host),
        RouterLabelCommands.CreateRename(host),
        RouterExplainCommand.Create(host),
    };
}
