using DlpLora.Runtime.Backends;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// Gives a prompt that is about to be read the longest beginning of it that a row holds: its own row, one in use or an idle one. Copying is far
/// cheaper than computing.
/// </summary>
internal static class PrefixReuse
{
    /// <param name="rows">The rows.</param>
    /// <param name="jobs">The requests by row.</param>
    /// <param name="row">The row whose prompt is next to be read; nothing happens where that has begun.</param>
    public static void Begin(KvRows rows, IReadOnlyList<GenerationJob> jobs, int row)
    {
        if (jobs[row].Wanted is not { } wanted)
        {
            return;
        }

        IDecoder decoder = rows.Decoder;
        int common = jobs[row].Held(decoder.Length(row))?.Common(wanted) ?? 0;
        int source = row;
        for (int other = 0; other < jobs.Count; other++)
        {
            int length = other == row ? 0 : jobs[other].Held(decoder.Length(other))?.Common(wanted) ?? 0;
            (source, common) = length > common ? (other, length) : (source, common);
        }

        int idle = rows.FindIdle(wanted, out int kept);
        if (kept > common)
        {
            (source, common) = (idle, kept);
            rows.Touch(idle);
        }

        if (source != row)
        {
            decoder.Copy(source, row, common);
        }

        jobs[row].Skip(common);
    }
}
