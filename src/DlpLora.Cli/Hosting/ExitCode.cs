namespace DlpLora.Cli.Hosting;

/// <summary>The exit codes that scripts rely on.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Usage = 2;
    public const int BadInput = 3;
    public const int Failure = 4;
    public const int Cancelled = 130;
}
