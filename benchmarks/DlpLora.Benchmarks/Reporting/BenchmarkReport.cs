using System.Globalization;
using System.Text;
using System.Text.Json;
using DlpLora.Reports;

namespace DlpLora.Benchmarks.Reporting;

/// <summary>A result as Markdown for people and as JSON with every value that was measured.</summary>
/// <param name="name">The command, which also names the files.</param>
/// <param name="title">The question's heading.</param>
internal sealed class BenchmarkReport(string name, string title)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly StringBuilder _text = new();
    private readonly List<Series> _series = [];
    private readonly List<Chart> _charts = [];

    public override string ToString() => _text.ToString();

    public void Say(string paragraph) => _text.Append(paragraph).Append("\n\n");

    public void Add(MarkdownTable table) => _text.Append(table).Append('\n');

    /// <summary>Keeps the values of a side for the JSON.</summary>
    public void Keep(params ReadOnlySpan<Series> series) => _series.AddRange(series);

    /// <summary>Puts a picture here; its file is written with the report.</summary>
    public void Draw(Chart chart)
    {
        _charts.Add(chart);
        Say($"![{chart.Title}]({PictureName(_charts.Count)})");
    }

    /// <summary>A table of sides and a picture: median and spread of each, and its ratio to the first, taken within a repetition.</summary>
    public void Compare(string sideColumn, string format, params ReadOnlySpan<Series> sides)
    {
        MarkdownTable table = new(sideColumn, $"{sides[0].Unit}, median", "min to max", $"to \"{sides[0].Name}\", median", "min to max");
        foreach (Series side in sides)
        {
            Series ratio = side.To(sides[0]);
            table.Add(side.Name, Number(side.Median, format), SpreadOf(side, format), Number(ratio.Median, "0.00"), SpreadOf(ratio, "0.00"));
        }

        Keep(sides);
        Add(table);
        Draw(new BarChart
        {
            Title = title,
            Description = $"The table above as bars: {sides[0].Unit}, from the smallest to the largest value.",
            YLabel = sides[0].Unit,
            Height = 320,
            NumberFormat = format,
            Categories = [.. sides.ToArray().Select(s => s.Name)],
            Series = [new BarSeries(string.Empty, [.. sides.ToArray().Select(s => new Spread(s.Median, s.Values.Min(), s.Values.Max()))])],
        });
    }

    /// <summary>A table of sides that are not held against each other.</summary>
    public void List(string sideColumn, string format, params ReadOnlySpan<Series> sides)
    {
        MarkdownTable table = new(sideColumn, "median", "min to max", "unit");
        foreach (Series side in sides)
        {
            table.Add(side.Name, Number(side.Median, format), SpreadOf(side, format), side.Unit);
        }

        Keep(sides);
        Add(table);
    }

    /// <summary>Prints the report and writes its two files: into <c>benchmarks/results</c>, a quick run's into <c>artifacts/benchmarks</c>.</summary>
    public void Write(BenchmarkArguments arguments)
    {
        string machine = MachineDescription.Describe();
        string text = $"# {title}\n\n{_text}Machine: {machine}.\n\n`dotnet run -c Release --project benchmarks/DlpLora.Benchmarks -- {name}{arguments.Spelled}`\n";
        string folder = arguments.ResultFolder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, name + ".md"), text);
        string json = JsonSerializer.Serialize(
            new
            {
                name,
                machine,
                quick = arguments.Quick,
                series = _series.Select(s => new { name = s.Name, unit = s.Unit, median = s.Median, values = s.Values }),
            },
            Indented);
        File.WriteAllText(Path.Combine(folder, name + ".json"), json + "\n");
        for (int i = 0; i < _charts.Count; i++)
        {
            File.WriteAllText(Path.Combine(folder, PictureName(i + 1)), _charts[i].ToSvg());
        }

        Console.WriteLine(text);
    }

    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private string PictureName(int number) => $"{name}-{number}.svg";

    private static string SpreadOf(Series series, string format) => $"{Number(series.Values.Min(), format)} to {Number(series.Values.Max(), format)}";
}
