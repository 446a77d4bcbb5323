namespace DlpLora.Runtime.Adapters;

/// <summary>One thing of an adapter that does not fit the model's slots.</summary>
/// <param name="Place">The tensor or module.</param>
/// <param name="Problem">What was found and what was expected.</param>
public sealed record AdapterMismatch(string Place, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Problem}";
}
