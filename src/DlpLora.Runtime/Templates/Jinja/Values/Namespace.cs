namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>The result of <c>namespace(...)</c>: an object whose attributes can be set from inner blocks.</summary>
internal sealed class Namespace
{
    public Dictionary<string, object?> Attributes { get; } = new(StringComparer.Ordinal);
}
