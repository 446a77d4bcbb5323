using System.Text;
using Spectre.Console;

namespace DlpLora.Cli.Hosting;

/// <summary>Where a command reads and writes: the process's streams, or a test's.</summary>
/// <param name="In">Standard input, UTF-8.</param>
/// <param name="Out">Standard output, UTF-8 with <c>\n</c>: data only.</param>
/// <param name="Error">Standard error: progress and messages.</param>
/// <param name="Decorate">Whether a person looks at standard output: colours and tables.</param>
/// <param name="Animate">Whether a person looks at standard error: progress bars.</param>
internal sealed record CliHost(TextReader In, TextWriter Out, TextWriter Error, bool Decorate, bool Animate)
{
    public static CliHost ForProcess()
    {
        UTF8Encoding utf8 = new(encoderShouldEmitUTF8Identifier: false);
        return new CliHost(
            new StreamReader(Console.OpenStandardInput(), utf8),
            new StreamWriter(Console.OpenStandardOutput(), utf8, 1 << 14) { NewLine = "\n" },
            new StreamWriter(Console.OpenStandardError(), utf8) { NewLine = Environment.NewLine, AutoFlush = true },
            Decorate: !Console.IsOutputRedirected,
            Animate: !Console.IsErrorRedirected && !Console.IsOutputRedirected);
    }

    /// <summary>A console for people on standard output; without colours when it is redirected.</summary>
    public IAnsiConsole CreateConsole() => CreateConsole(Out, Decorate);

    /// <summary>A console for people on standard error; without animation when it is redirected.</summary>
    public IAnsiConsole CreateErrorConsole() => CreateConsole(Error, Animate);

    private static IAnsiConsole CreateConsole(TextWriter writer, bool decorate)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = decorate ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = decorate ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = decorate ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (!decorate)
        {
            console.Profile.Width = 160;
        }

        return console;
    }
}
