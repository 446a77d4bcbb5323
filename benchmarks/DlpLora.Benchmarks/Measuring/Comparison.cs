using DlpLora.Benchmarks.Reporting;

namespace DlpLora.Benchmarks.Measuring;

/// <summary>
/// Measures several sides in one run: in every round each side once, every second round in the opposite order, so that neither a slow minute nor the place in
/// the line falls on one side. One repetition before is thrown away.
/// </summary>
internal static class Comparison
{
    public static Task<Series[]> RunAsync(string unit, int repetitions, params IReadOnlyList<Side> sides) => RunAsync(unit, repetitions, 1, sides);

    /// <param name="unit">What a side's value is in.</param>
    /// <param name="repetitions">How many values a side gets.</param>
    /// <param name="rounds">How many measurements a value is the median of. Sides that differ by little are told apart by many short turns: what else the machine does then meets all of them.</param>
    /// <param name="sides">What is compared.</param>
    public static async Task<Series[]> RunAsync(string unit, int repetitions, int rounds, IReadOnlyList<Side> sides)
    {
        double[][] values = [.. sides.Select(_ => new double[repetitions])];
        double[][] turns = [.. sides.Select(_ => new double[rounds])];
        for (int repetition = -1; repetition < repetitions; repetition++)
        {
            for (int round = 0; round < rounds; round++)
            {
                for (int i = 0; i < sides.Count; i++)
                {
                    int side = (((repetition + 1) * rounds) + round) % 2 == 1 ? i : sides.Count - 1 - i;
                    Console.Error.Write($"\r{(repetition < 0 ? "warming" : $"{repetition + 1} of {repetitions}")}: {sides[side].Name,-40}");
                    turns[side][round] = await sides[side].Measure().ConfigureAwait(false);
                }
            }

            for (int side = 0; side < sides.Count && repetition >= 0; side++)
            {
                values[side][repetition] = Statistics.Median(turns[side]);
            }
        }

        Console.Error.WriteLine();
        return [.. sides.Select((side, i) => new Series(side.Name, unit, values[i]))];
    }
}
