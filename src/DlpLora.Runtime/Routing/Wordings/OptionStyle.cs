using System.Globalization;

namespace DlpLora.Runtime.Routing.Wordings;

/// <summary>How the options of a text are written.</summary>
internal sealed class OptionStyle
{
    private readonly string _mark;
    private readonly bool _small;
    private readonly bool _digits;

    private OptionStyle(string mark = "", bool small = false, bool digits = false)
    {
        _mark = mark;
        _small = small;
        _digits = digits;
    }

    /// <summary>They are left out.</summary>
    public static OptionStyle Dropped { get; } = new();

    /// <summary>With the letters that the text has.</summary>
    public static OptionStyle AsTheyAre { get; } = new();

    /// <summary>Whether letters of another kind stand before them.</summary>
    public bool IsMarked => _mark.Length > 0;

    /// <summary>Marked otherwise.</summary>
    /// <param name="mark">What stands before an option, with <c>{0}</c> in the place of its letter.</param>
    /// <param name="small">Whether the letters are small.</param>
    /// <param name="digits">Whether they are digits.</param>
    public static OptionStyle Marked(string mark, bool small, bool digits) => new(mark, small, digits);

    /// <summary>What stands before an option.</summary>
    /// <param name="option">Its place, from 0.</param>
    public string MarkOf(int option)
    {
        string letter = _digits
            ? (option + 1).ToString(CultureInfo.InvariantCulture)
            : ((char)((_small ? 'a' : 'A') + (option % 26))).ToString();
        return _mark.Replace("{0}", letter, StringComparison.Ordinal);
    }
}
