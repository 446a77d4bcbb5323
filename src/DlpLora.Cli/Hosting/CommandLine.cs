using System.CommandLine;
using DlpLora.Cli.Commands;
using DlpLora.Runtime;
using DlpLora.Runtime.Diagnostics;

namespace DlpLora.Cli.Hosting;

/// <summary>Parses the arguments, runs the command, and turns its end into an exit code and at most one message.</summary>
internal static class CommandLine
{
    private static readonly Option<bool> Verbose = new("--verbose") { Description = "Show the stack trace of an error.", Recursive = true };

    public static async Task<int> RunAsync(string[] args, CliHost host, CancellationToken cancellationToken = default)
    {
        int empty = Array.IndexOf(args, string.Empty);
        if (empty >= 0)
        {
            // Most often a script's variable that holds nothing; no option means anything by it.
            string after = empty > 0 ? $" after '{args[empty - 1]}'" : string.Empty;
            await host.Error.WriteLineAsync($"dlplora: an argument{after} is empty; expected a value (see `dlplora --help`)").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        RootCommand root = CreateRoot(host);
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            string problems = string.Join(' ', parsed.Errors.Select(e => e.Message.ReplaceLineEndings(" ")));
            await host.Error.WriteLineAsync($"dlplora: {problems} (see `dlplora --help`)").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = host.Out, Error = host.Error, EnableDefaultExceptionHandler = false },
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            await host.Error.WriteLineAsync(parsed.GetValue(Verbose) ? error.ToString() : $"dlplora: {Describe(error)}").ConfigureAwait(false);
            return ExitCodeOf(error);
        }
        finally
        {
            await host.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static RootCommand CreateRoot(CliHost host) => new("Many LoRA skills in one small model, picked by the text itself.")
    {
        Verbose,
        ExportCommand.Create(host),
        InspectCommand.Create(host),
        DoctorCommand.Create(host),
        RouterCommand.Create(host),
        RouteCommand.Create(host),
        GenerateCommand.Create(host),
        ChatCommand.Create(host),
    };

    private static string Describe(Exception error) => error is OperationCanceledException ? "cancelled" : error.Message;

    private static int ExitCodeOf(Exception error) => error switch
    {
        OperationCanceledException => ExitCode.Cancelled,
        UsageException => ExitCode.Usage,
        NativeLibraryException => ExitCode.Failure,
        DlpLoraException => ExitCode.BadInput,
        _ => ExitCode.Failure,
    };
}
