using DlpLora.Benchmarks.Reporting;

namespace DlpLora.Benchmarks.Measuring;

/// <summary>
/// Measures several sides in one run: in every repetition each side once, every second repetition in the opposite order, so that neither a
/// slow minute nor the place in the line falls on one side. One repetition before is thrown away.
/// </summary>
internal static class Comparison
{
    public static async Task<Series[]> RunAsync(string unit, int repetitions, params IReadOnlyList<Side> sides)
    {
        double[][] values = [.. sides.Select(_ => new double[repetitions])];
        for (int repetition = -1; repetition < repetitions; repetition++)
        {
            for (int i = 0; i < sides.Count; i++)
            {
                int side = repetition % 2 == 0 ? i : sides.Count - 1 - i;
                Console.Error.Write($"\r{(repetition < 0 ? "warming" : $"{repetition + 1} of {repetitions}")}: {sides[side].Name,-40}");
                double value = await sides[side].Measure().ConfigureAwait(false);
                if (repetition >= 0)
                {
                    values[side][repetition] = value;
                }
            }
        }

        Console.Error.WriteLine();
        return [.. sides.Select((side, i) => new Series(side.Name, unit, values[i]))];
    }
}
