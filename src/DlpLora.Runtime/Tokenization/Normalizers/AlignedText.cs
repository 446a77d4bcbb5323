namespace DlpLora.Runtime.Tokenization.Normalizers;

/// <summary>A rewritten text and, for each of its characters, the place in the caller's text that it stands for.</summary>
internal sealed class AlignedText
{
    private readonly int _shift;

    // One range a character of Text, in the segment's own positions; null where the text is unchanged.
    private readonly TextRange[]? _map;

    public AlignedText(string text, int shift, TextRange[]? map)
    {
        Text = text;
        _shift = shift;
        _map = map;
    }

    public string Text { get; }

    /// <summary>The place in the caller's text that characters <c>[start, end)</c>, at least one, stand for.</summary>
    public TextRange SourceOf(int start, int end)
    {
        TextRange local = LocalSourceOf(start, end);
        return new TextRange(local.Start + _shift, local.End + _shift);
    }

    /// <summary>This text rewritten once more.</summary>
    /// <param name="text">The new text.</param>
    /// <param name="map">For each new character, the range of this text's characters that it came from.</param>
    public AlignedText Rewritten(string text, TextRange[] map)
    {
        for (int i = 0; i < map.Length; i++)
        {
            map[i] = LocalSourceOf(map[i].Start, map[i].End);
        }

        return new AlignedText(text, _shift, map);
    }

    private TextRange LocalSourceOf(int start, int end) =>
        _map is null ? new TextRange(start, end) : new TextRange(_map[start].Start, _map[end - 1].End);
}
