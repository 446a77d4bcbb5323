namespace DlpLora.Cli.Hosting;

/// <summary>What a refused argument's exception says to people: without the name of a parameter that only code knows.</summary>
internal static class ArgumentMessage
{
    public static string Of(ArgumentException error) =>
        error.Message.Replace($" (Parameter '{error.ParamName}')", string.Empty, StringComparison.Ordinal);
}
