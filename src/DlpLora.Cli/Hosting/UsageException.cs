namespace DlpLora.Cli.Hosting;

/// <summary>The command line asks for something that cannot be meant, such as a router without adapters.</summary>
internal sealed class UsageException(string message) : Exception(message);
