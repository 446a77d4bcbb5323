namespace DlpLora.Runtime.Routing;

/// <summary>A label cannot be added to a router, taken out of it or renamed.</summary>
public sealed class RouterLabelException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="name">The label's name, as the caller gave it.</param>
    /// <param name="problem">What is wrong, and what was expected.</param>
    public RouterLabelException(string name, string problem)
        : base($"adapter '{name}': {problem}.") => Name = name;

    /// <summary>The label's name, as the caller gave it.</summary>
    public string Name { get; }
}
