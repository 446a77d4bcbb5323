using Spectre.Console;

namespace DlpLora.Cli.Hosting;

/// <summary>Shows the progress of long work on standard error: a bar for people, nothing where nobody looks.</summary>
internal static class ProgressLine
{
    /// <summary>Runs the work on a thread of its own with a bar that its reports move.</summary>
    /// <param name="host">Where to draw.</param>
    /// <param name="title">What is being done.</param>
    /// <param name="work">The work; it reports a step and a fraction from 0 to 1.</param>
    public static async Task<T> RunAsync<T>(CliHost host, string title, Func<Action<string, double>, T> work)
    {
        if (!host.Animate)
        {
            return await Task.Factory.StartNew(() => work((_, _) => { }), default, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }

        return await host.CreateErrorConsole().Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(title), maxValue: 1);
                return await Task.Factory.StartNew(
                    () => work((step, fraction) =>
                    {
                        bar.Description = Markup.Escape(step);
                        bar.Value = fraction;
                    }),
                    default,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default).ConfigureAwait(false);
            }).ConfigureAwait(false);
    }

    /// <summary>An <see cref="IProgress{T}"/> that calls back at once, on the worker's thread.</summary>
    public static IProgress<T> Report<T>(Action<T> report) => new Immediate<T>(report);

    private sealed class Immediate<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
