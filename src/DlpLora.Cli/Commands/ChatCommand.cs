using System.CommandLine;
using DlpLora.Cli.Answering;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Templates;
using Spectre.Console;

namespace DlpLora.Cli.Commands;

/// <summary><c>dlplora chat</c>: a conversation at a terminal.</summary>
internal static class ChatCommand
{
    public static Command Create(CliHost host)
    {
        AnswerOptions answer = new();
        Command command = new("chat", "Talk to the model: a line is a turn; /new forgets, /exit leaves.");
        answer.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            GenerationRequest shared = answer.CreateRequest(parsed);
            await using DlpLoraEngine engine = await answer.LoadAsync(parsed, rows: 1, prefixReuse: true, cancellationToken).ConfigureAwait(false);
            await RunAsync(host, engine, shared, cancellationToken).ConfigureAwait(false);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task RunAsync(CliHost host, DlpLoraEngine engine, GenerationRequest shared, CancellationToken cancellationToken)
    {
        IAnsiConsole messages = host.CreateErrorConsole();
        messages.MarkupLine("[grey]a line is a turn; /new forgets the conversation, /exit leaves[/]");
        List<ChatMessage> conversation = [];
        while (true)
        {
            messages.Markup("[bold green]> [/]");
            string? line = await host.In.ReadLineAsync(cancellationToken).ConfigureAwait(false);
            switch (line?.Trim())
            {
                case null or "/exit":
                    return;
                case "":
                    continue;
                case "/new":
                    conversation.Clear();
                    continue;
            }

            conversation.Add(new ChatMessage("user", line));
            try
            {
                conversation.Add(new ChatMessage("assistant", await AnswerAsync(host, messages, engine, shared, conversation, cancellationToken).ConfigureAwait(false)));
            }
            catch (DlpLoraException error)
            {
                // The turn that failed is taken back, so that the conversation can go on.
                conversation.RemoveAt(conversation.Count - 1);
                messages.MarkupLineInterpolated($"[red]{error.Message}[/]");
            }
        }
    }

    private static async Task<string> AnswerAsync(
        CliHost host, IAnsiConsole messages, DlpLoraEngine engine, GenerationRequest shared, List<ChatMessage> conversation, CancellationToken cancellationToken)
    {
        GenerationRequest request = shared with { Messages = [.. conversation] };
        GenerationResult? result = null;
        await foreach (GenerationUpdate update in engine.StreamAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (update.Text is { Length: > 0 } text)
            {
                await host.Out.WriteAsync(text).ConfigureAwait(false);
                await host.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            result = update.Result ?? result;
        }

        await host.Out.WriteLineAsync().ConfigureAwait(false);
        await host.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        AppliedMixture applied = result!.Routing[^1];
        messages.MarkupLineInterpolated(
            $"[grey]{applied.Mixture} ({applied.Origin}), {result.Usage.CompletionTokens} tokens, {result.Usage.DecodeTokensPerSecond:0} a second[/]");
        return result.Text ?? string.Empty;
    }
}
