namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>A name, an attribute or an item that does not exist: prints nothing, is false, and fails when anything is asked of it.</summary>
internal sealed class Undefined(string reason)
{
    public string Reason => reason;
}
