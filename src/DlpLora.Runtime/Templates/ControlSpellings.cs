namespace DlpLora.Runtime.Templates;

/// <summary>Finds where a caller's text spells a control token, or begins one at its end that the template's words could finish.</summary>
internal sealed class ControlSpellings
{
    private readonly Dictionary<char, string[]> _byFirst;
    private readonly int _longest;

    public ControlSpellings(IReadOnlyList<string> spellings)
    {
        _byFirst = spellings.GroupBy(s => s[0]).ToDictionary(g => g.Key, g => g.OrderByDescending(s => s.Length).ToArray());
        _longest = spellings.Count == 0 ? 0 : spellings.Max(s => s.Length);
    }

    public List<int> PlacesIn(string text)
    {
        List<int> places = [];
        for (int i = 0; i < text.Length; i++)
        {
            if (_byFirst.TryGetValue(text[i], out string[]? candidates) && Begins(text.AsSpan(i), candidates))
            {
                places.Add(i);
            }
        }

        return places;
    }

    /// <summary>The length of the longest control token spelled at a place, at least 1.</summary>
    public int LengthAt(string text, int place)
    {
        if (place < text.Length && _byFirst.TryGetValue(text[place], out string[]? candidates))
        {
            foreach (string candidate in candidates)
            {
                if (text.AsSpan(place).StartsWith(candidate, StringComparison.Ordinal))
                {
                    return candidate.Length;
                }
            }
        }

        return 1;
    }

    private bool Begins(ReadOnlySpan<char> rest, string[] candidates)
    {
        foreach (string candidate in candidates)
        {
            if (rest.StartsWith(candidate, StringComparison.Ordinal)
                || (rest.Length < _longest && candidate.AsSpan().StartsWith(rest, StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
