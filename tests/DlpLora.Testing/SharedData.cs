namespace DlpLora.Testing;

/// <summary>
/// The reference data that lies beside the checkout on some machines (<c>../shared</c>, or <c>DLPLORA_SHARED</c>). Tests that need it
/// carry <c>[TestCategory(SharedData.Category)]</c> and end as inconclusive, with the reason, where <see cref="Find"/> returns null.
/// </summary>
public static class SharedData
{
    /// <summary>The category of tests that compare with reference implementations.</summary>
    public const string Category = "Reference";

    private static readonly string Folder =
        Environment.GetEnvironmentVariable("DLPLORA_SHARED") ?? Path.GetFullPath(Path.Combine(RepoFiles.Root, "..", "shared"));

    /// <summary>What a skipped test says.</summary>
    public const string Missing = "skipped: the reference data is not on this machine (../shared or DLPLORA_SHARED)";

    /// <summary>The path of a file or folder of the reference data, or null when it is not on this machine.</summary>
    /// <param name="parts">The path's parts below the data's folder.</param>
    public static string? Find(params string[] parts)
    {
        string path = Path.Combine([Folder, .. parts]);
        return Path.Exists(path) ? path : null;
    }
}
