namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>How the work of one run of an operator is split over threads.</summary>
internal static class WorkShare
{
    /// <summary>Scratch up to so many bytes lies on the stack.</summary>
    public const long StackBytes = 64 << 10;

    /// <summary>A part's share of a count, in whole groups where there are enough of them.</summary>
    /// <param name="count">What is split.</param>
    /// <param name="parts">Into how many parts.</param>
    /// <param name="part">Which of them, from 0.</param>
    /// <param name="group">How many are best done together.</param>
    public static (int From, int To) Of(int count, int parts, int part, int group)
    {
        int share = (count + parts - 1) / parts;
        share = share < group ? share : (share + group - 1) / group * group;
        return (Math.Min(count, part * share), Math.Min(count, (part + 1) * share));
    }
}
