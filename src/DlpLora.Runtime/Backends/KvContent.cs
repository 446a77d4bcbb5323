namespace DlpLora.Runtime.Backends;

/// <summary>
/// What a row's keys and values are of: the tokens, the mixture that computed each of them, and for whom. A key depends on all tokens before it
/// and on the mixtures that computed those, so two rows agree up to the first position where either differs.
/// </summary>
/// <param name="tenant">For whom; tenants share nothing, since a time to the first token would tell one what another asked.</param>
/// <param name="tokens">The tokens.</param>
/// <param name="stretches">Their mixtures, without gaps, in order.</param>
internal sealed class KvContent(string? tenant, int[] tokens, IReadOnlyList<KvStretch> stretches)
{
    private readonly string? _tenant = tenant;
    private readonly int[] _tokens = tokens;
    private readonly IReadOnlyList<KvStretch> _stretches = stretches;

    /// <summary>How many tokens.</summary>
    public int Length => _tokens.Length;

    /// <summary>How many of the first tokens have the same keys and values in both.</summary>
    public int Common(KvContent other)
    {
        if (!string.Equals(_tenant, other._tenant, StringComparison.Ordinal))
        {
            return 0;
        }

        int tokens = _tokens.AsSpan().CommonPrefixLength(other._tokens);
        int common = 0;
        for (int mine = 0, theirs = 0; common < tokens && _stretches[mine].Mixture == other._stretches[theirs].Mixture;)
        {
            common = Math.Min(_stretches[mine].End, other._stretches[theirs].End);
            mine += _stretches[mine].End == common ? 1 : 0;
            theirs += other._stretches[theirs].End == common ? 1 : 0;
        }

        return Math.Min(common, tokens);
    }

    /// <summary>The first tokens alone.</summary>
    public KvContent First(int length) => new(_tenant, _tokens[..length], _stretches);
}
