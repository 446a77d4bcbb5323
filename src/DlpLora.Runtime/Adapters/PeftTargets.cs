namespace DlpLora.Runtime.Adapters;

/// <summary>Which modules an adapter changes, by PEFT's rules (<c>check_target_module_exists</c>).</summary>
internal sealed class PeftTargets
{
    /// <summary>A layer's index by PEFT's default: the last number between dots that has at least two names before it.</summary>
    private const string AnyName = "[^.]*";

    private readonly IReadOnlyList<string>? _names;
    private readonly PeftPattern? _pattern;
    private readonly IReadOnlyList<string>? _excludedNames;
    private readonly PeftPattern? _excludedPattern;
    private readonly HashSet<int>? _layers;
    private readonly IReadOnlyList<PeftPattern> _layerPatterns;

    /// <param name="names">Names or suffixes of names; null with a pattern, or for all linear modules.</param>
    /// <param name="pattern">A pattern for the whole name; null with names, or for all linear modules.</param>
    /// <param name="excludedNames">Names or suffixes that are left out.</param>
    /// <param name="excludedPattern">A pattern of whole names that are left out.</param>
    /// <param name="layers">The layers of modules named by suffix; null for all.</param>
    /// <param name="layerPatterns">What stands before the layer's number; empty for PEFT's default.</param>
    /// <param name="path">The configuration's path, for errors.</param>
    public PeftTargets(
        IReadOnlyList<string>? names,
        PeftPattern? pattern,
        IReadOnlyList<string>? excludedNames,
        PeftPattern? excludedPattern,
        IReadOnlyList<int>? layers,
        IReadOnlyList<PeftPattern> layerPatterns,
        string path)
    {
        _names = names;
        _pattern = pattern;
        _excludedNames = excludedNames;
        _excludedPattern = excludedPattern;
        _layers = layers is { Count: > 0 } ? [.. layers] : null;

        // Building a pattern takes longer than reading an adapter's weights, so the default is only built where layers are chosen.
        _layerPatterns = layerPatterns.Count > 0 || _layers is null ? layerPatterns : [PeftPattern.Layer(AnyName, path, "layers_pattern")];
    }

    /// <summary>Whether the adapter changes this module.</summary>
    /// <param name="module">The module's full name without PEFT's prefix.</param>
    public bool Contains(string module)
    {
        if (_excludedPattern?.IsMatch(module) == true || (_excludedNames is not null && IsNamed(_excludedNames, module, out _)))
        {
            return false;
        }

        if (_pattern is not null)
        {
            return _pattern.IsMatch(module);
        }

        if (_names is null)
        {
            // all-linear: every linear module but the output head.
            return module != "lm_head" && InLayers(module);
        }

        return IsNamed(_names, module, out bool whole) && (whole || InLayers(module));
    }

    private static bool IsNamed(IReadOnlyList<string> names, string module, out bool whole)
    {
        whole = false;
        bool suffix = false;
        foreach (string name in names)
        {
            if (module == name)
            {
                whole = true;
                return true;
            }

            suffix |= module.Length > name.Length && module[module.Length - name.Length - 1] == '.' && module.EndsWith(name, StringComparison.Ordinal);
        }

        return suffix;
    }

    private bool InLayers(string module)
    {
        if (_layers is null)
        {
            return true;
        }

        foreach (PeftPattern pattern in _layerPatterns)
        {
            if (pattern.LayerIndex(module) is { } layer)
            {
                return _layers.Contains(layer);
            }
        }

        return false;
    }
}
