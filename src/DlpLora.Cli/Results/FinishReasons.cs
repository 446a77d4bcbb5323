using DlpLora.Runtime.Generation;

namespace DlpLora.Cli.Results;

/// <summary>Why an answer ended, as scripts read it.</summary>
internal static class FinishReasons
{
    public static string NameOf(FinishReason reason) => reason switch
    {
        FinishReason.Stop => "stop",
        FinishReason.Length => "length",
        FinishReason.StopString => "stop_string",
        _ => throw new InvalidOperationException($"Unknown finish reason {reason}."),
    };
}
