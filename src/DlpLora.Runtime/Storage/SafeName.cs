using System.Buffers;

namespace DlpLora.Runtime.Storage;

/// <summary>The rule for names that become paths: <c>[A-Za-z0-9._-]{1,128}</c>, and neither <c>.</c> nor <c>..</c>.</summary>
public static class SafeName
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaximumLength = 128;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether the name may become part of a path.</summary>
    /// <param name="name">The name of an adapter, a set, a tenant.</param>
    public static bool IsValid(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= MaximumLength && !name.ContainsAnyExcept(Allowed) && name is not ("." or "..");
}
