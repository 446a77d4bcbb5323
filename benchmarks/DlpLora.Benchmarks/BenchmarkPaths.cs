namespace DlpLora.Benchmarks;

/// <summary>Places of the checkout that benchmarks read from and write to.</summary>
internal static class BenchmarkPaths
{
    public static string Root { get; } = FindRoot();

    public static string Gguf => Path.Combine(Root, "samples", "models", "smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf");

    public static string Adapters => Path.Combine(Root, "samples", "models", "adapters");

    public static string Router => Path.Combine(Root, "samples", "models", "router.safetensors");

    /// <summary>What is made here and not kept in the repository.</summary>
    public static string Artifacts => Path.Combine(Root, "artifacts");

    public static string GeneratedModels => Path.Combine(Artifacts, "models");

    public static string Results => Path.Combine(Root, "benchmarks", "results");

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DlpLora.Runtime.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Environment.CurrentDirectory;
    }
}
