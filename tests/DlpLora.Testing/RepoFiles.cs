using System.Runtime.CompilerServices;

namespace DlpLora.Testing;

/// <summary>Places of the checkout that tests read from and write to.</summary>
public static class RepoFiles
{
    /// <summary>The checkout's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The folder with the base model's GGUF and tokenizer files.</summary>
    public static string BaseModel => Path.Combine(Root, "samples", "models", "smollm2-135m-instruct");

    /// <summary>The base model's GGUF file.</summary>
    public static string Gguf => Path.Combine(BaseModel, "SmolLM2-135M-Instruct.Q4_1.gguf");

    /// <summary>The trained PEFT adapters, one folder a skill.</summary>
    public static string Adapters => Path.Combine(Root, "samples", "models", "adapters");

    /// <summary>The trained router.</summary>
    public static string Router => Path.Combine(Root, "samples", "models", "router.safetensors");

    /// <summary>Git-ignored folder for generated model folders, shared by the test projects.</summary>
    public static string GeneratedModels => Path.Combine(Root, "artifacts", "models");

    private static string FindRoot([CallerFilePath] string here = "")
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DlpLora.Runtime.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
    }
}
