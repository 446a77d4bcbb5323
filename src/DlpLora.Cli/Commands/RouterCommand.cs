using System.CommandLine;
using DlpLora.Cli.Hosting;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora router</c>: trains and measures routers.</summary>
internal static class RouterCommand
{
    public static Command Create(CliHost host) => new("router", "Train and measure routers.")
    {
        RouterTrainCommand.Create(host),
        RouterEvalCommand.Create(host),
    };
}
