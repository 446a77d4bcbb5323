using System.Globalization;

namespace DlpLora.Reports;

/// <summary>
/// Looks at a classifier's outcomes: a confusion matrix, a table by label, the pairs most often confused with examples, and a reliability
/// diagram (is a probability of 0.9 right nine times in ten?).
/// </summary>
public sealed class ClassifierReport
{
    private const int Bins = 10;
    private const int MostPairs = 12;
    private const int ExamplesPerPair = 3;
    private const int LongestExample = 240;

    private readonly string _title;
    private readonly ClassifierOutcome[] _outcomes;
    private readonly string[] _labels;

    /// <summary>Takes the outcomes.</summary>
    /// <param name="title">What was classified, for titles.</param>
    /// <param name="outcomes">The outcomes, at least one; labels appear in the order of their first right row.</param>
    /// <exception cref="ArgumentException">There are no outcomes.</exception>
    public ClassifierReport(string title, IEnumerable<ClassifierOutcome> outcomes)
    {
        ArgumentNullException.ThrowIfNull(title);
        ArgumentNullException.ThrowIfNull(outcomes);
        _title = title;
        _outcomes = [.. outcomes];
        if (_outcomes.Length == 0)
        {
            throw new ArgumentException("There are no outcomes.", nameof(outcomes));
        }

        _labels = [.. _outcomes.Select(o => o.Right).Concat(_outcomes.Select(o => o.Found)).Distinct(StringComparer.Ordinal)];
        Confusion = CreateConfusion();
        Reliability = CreateReliability();
    }

    /// <summary>Right labels against found ones.</summary>
    public ConfusionMatrix Confusion { get; }

    /// <summary>The share that is right against the mean probability, in ten steps.</summary>
    public LineChart Reliability { get; }

    /// <summary>The whole page.</summary>
    public ReportPage ToPage()
    {
        ReportPage page = new(_title);
        int right = _outcomes.Count(o => o.Right == o.Found);
        page.AddText($"{Number(_outcomes.Length)} rows, {_labels.Length} labels: {Percent(right, _outcomes.Length)} right, "
            + $"{Percent(_outcomes.Count(o => o.Abstained), _outcomes.Length)} abstained. A row counts as right or wrong whether or not it was abstained on.");
        page.AddHeading("Confusion");
        page.AddChart(Confusion);
        page.AddHeading("By label");
        page.AddTable(CreateLabels());
        page.AddHeading("Most often confused");
        page.AddTable(CreatePairs());
        page.AddHeading("Reliability");
        page.AddChart(Reliability);
        return page;
    }

    private static string Number(int value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Percent(int part, int whole) =>
        whole == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:0.00} %");

    /// <summary>The share with its 95 % interval (Wilson 1927), which stays wide where there are few rows.</summary>
    private static Spread Interval(double share, int rows)
    {
        const double Z = 1.96;
        double scale = 1 + (Z * Z / rows);
        double centre = (share + (Z * Z / (2 * rows))) / scale;
        double half = Z * Math.Sqrt((share * (1 - share) / rows) + (Z * Z / (4.0 * rows * rows))) / scale;
        return new Spread(share, Math.Max(0, centre - half), Math.Min(1, centre + half));
    }

    private static string Shorten(string text) => text.Length <= LongestExample ? text : $"{text.AsSpan(0, LongestExample)}\u2026";

    private ConfusionMatrix CreateConfusion()
    {
        int[,] counts = new int[_labels.Length, _labels.Length];
        Dictionary<string, int> index = _labels.Select((l, i) => (l, i)).ToDictionary(p => p.l, p => p.i, StringComparer.Ordinal);
        foreach (ClassifierOutcome outcome in _outcomes)
        {
            counts[index[outcome.Right], index[outcome.Found]]++;
        }

        int wrong = _outcomes.Count(o => o.Right != o.Found);
        return new ConfusionMatrix(_labels, counts)
        {
            Title = $"Confusion: {_title}",
            Description = $"Confusion matrix of {_labels.Length} labels: {Number(wrong)} of {Number(_outcomes.Length)} rows are wrong. The tables below name them.",
        };
    }

    private LineChart CreateReliability()
    {
        List<double> probabilities = [];
        List<Spread> shares = [];
        foreach (IGrouping<int, ClassifierOutcome> bin in _outcomes.GroupBy(o => Math.Min((int)(o.Probability * Bins), Bins - 1)).OrderBy(b => b.Key))
        {
            int rows = bin.Count();
            double share = bin.Count(o => o.Right == o.Found) / (double)rows;
            probabilities.Add(bin.Average(o => o.Probability));
            shares.Add(Interval(share, rows));
        }

        return new LineChart
        {
            Title = $"Reliability: {_title}",
            Description = "The share of right rows with its 95 % interval against the mean probability, in steps of 0.1; a calibrated classifier follows the diagonal.",
            XLabel = "mean probability",
            YLabel = "share that is right",
            From = 0,
            To = 1.02,
            Width = 640,
            Height = 520,
            Series =
            [
                new LineSeries("found", probabilities, shares),
                new LineSeries("calibrated", [0, 1], [Spread.Exact(0), Spread.Exact(1)]),
            ],
        };
    }

    private ReportTable CreateLabels() => new(
        "Rows, right ones, abstentions and the label most often found instead, by right label",
        ["label", "rows", "right", "abstained", "found instead"],
        [
            .. _outcomes.GroupBy(o => o.Right).Select(g => (IReadOnlyList<string>)
            [
                g.Key,
                Number(g.Count()),
                Percent(g.Count(o => o.Found == o.Right), g.Count()),
                Percent(g.Count(o => o.Abstained), g.Count()),
                g.Where(o => o.Found != o.Right).GroupBy(o => o.Found).OrderByDescending(f => f.Count()).Select(f => $"{f.Key} ({Number(f.Count())})").FirstOrDefault(string.Empty),
            ]),
        ]);

    private ReportTable CreatePairs() => new(
        "The pairs most often confused, with the rows that the classifier was surest of",
        ["right", "found", "rows", "examples"],
        [
            .. _outcomes.Where(o => o.Found != o.Right).GroupBy(o => (o.Right, o.Found)).OrderByDescending(g => g.Count()).Take(MostPairs).Select(g => (IReadOnlyList<string>)
            [
                g.Key.Right,
                g.Key.Found,
                Number(g.Count()),
                string.Join("\n\n", g.OrderByDescending(o => o.Probability).Take(ExamplesPerPair).Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Probability:0.00}: {Shorten(o.Text)}"))),
            ]),
        ]);
}
