namespace DlpLora.Runtime.Chat;

/// <summary>Keys of the additional properties that the last update, and the response, carry.</summary>
public static class ChatProperties
{
    /// <summary>Which mixture computed which tokens, and why: an <c>IReadOnlyList&lt;AppliedMixture&gt;</c>.</summary>
    public const string Routing = "dlplora.routing";

    /// <summary>The seed that the draws used, a <c>long</c>; missing where the answer is greedy.</summary>
    public const string Seed = "dlplora.seed";
}
