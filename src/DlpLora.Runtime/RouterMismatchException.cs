namespace DlpLora.Runtime;

/// <summary>A router does not belong to this model or these adapters: it was made for another base, or none of its labels has an adapter.</summary>
public sealed class RouterMismatchException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="routerVersion">The router's version.</param>
    /// <param name="problem">What does not fit, with both values.</param>
    public RouterMismatchException(string routerVersion, string problem)
        : base($"router {routerVersion}: {problem}") => RouterVersion = routerVersion;

    /// <summary>The router's version.</summary>
    public string RouterVersion { get; }
}
