namespace DlpLora.Benchmarks.Adapters;

/// <summary>Draws numbers from 0 by Zipf's law: number k as often as 1 / (k + 1).</summary>
internal sealed class ZipfTraffic
{
    private readonly double[] _cumulative;
    private readonly Random _random;

    public ZipfTraffic(int count, int seed)
    {
        _random = new Random(seed);
        _cumulative = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += 1.0 / (i + 1);
            _cumulative[i] = sum;
        }
    }

    public int Next()
    {
        int place = Array.BinarySearch(_cumulative, _random.NextDouble() * _cumulative[^1]);
        return Math.Min(place < 0 ? ~place : place, _cumulative.Length - 1);
    }
}
