namespace DlpLora.Runtime.DependencyInjection;

/// <summary>What <c>AddDlpLora</c> loads. Checked when the host starts, or when the engine is first asked for.</summary>
public sealed class DlpLoraServiceOptions
{
    /// <summary>The model folder that <c>dlplora export</c> wrote.</summary>
    /// <value>Required.</value>
    public string ModelFolder { get; set; } = string.Empty;

    /// <summary>How the engine opens it: adapters, router, threads, budgets.</summary>
    /// <value>Default: the engine's defaults. Without a logger factory of its own, the engine logs to the container's.</value>
    public DlpLoraOptions Engine { get; set; } = new();

    /// <summary>Whether the host's start waits until the model is loaded, so that a bad folder stops the start and no request waits.</summary>
    /// <value>Default true. Without a host, or with false, the model is loaded when the engine is first asked for, on that thread.</value>
    public bool LoadAtStart { get; set; } = true;
}
