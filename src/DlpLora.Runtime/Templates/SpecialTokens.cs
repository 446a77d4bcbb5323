namespace DlpLora.Runtime.Templates;

/// <summary>The control tokens that a chat template may write, and that its caller's words must not become.</summary>
public sealed class SpecialTokens
{
    /// <summary>Creates the set.</summary>
    /// <param name="named">Tokens that the template knows by a variable, such as <c>bos_token</c>.</param>
    /// <param name="spellings">Further control tokens' spellings; the named ones are added.</param>
    public SpecialTokens(IReadOnlyDictionary<string, string>? named = null, IEnumerable<string>? spellings = null)
    {
        Named = new Dictionary<string, string>(named ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        Spellings = [.. (spellings ?? []).Concat(Named.Values).Where(s => s.Length > 0).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>No special tokens.</summary>
    public static SpecialTokens None { get; } = new();

    /// <summary>Tokens by the variable's name, such as <c>bos_token</c>.</summary>
    public IReadOnlyDictionary<string, string> Named { get; }

    /// <summary>The spellings of all control tokens.</summary>
    public IReadOnlyList<string> Spellings { get; }
}
