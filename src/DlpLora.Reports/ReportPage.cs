using System.Globalization;
using System.Net;
using System.Text;

namespace DlpLora.Reports;

/// <summary>
/// One HTML file with text, tables and charts inside: no scripts, no other files, nothing loaded. It follows the reader's light or dark
/// setting, and screen readers get captions, row and column headers, and the charts' descriptions.
/// </summary>
public sealed class ReportPage
{
    private readonly string _title;
    private readonly StringBuilder _body = new();

    /// <summary>Starts a page.</summary>
    /// <param name="title">Its title and first heading.</param>
    public ReportPage(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        _title = title;
    }

    /// <summary>Adds a heading.</summary>
    /// <param name="text">The heading, as plain text.</param>
    public void AddHeading(string text) => _body.Append("<h2>").Append(Encode(text)).Append("</h2>\n");

    /// <summary>Adds a paragraph.</summary>
    /// <param name="text">The paragraph, as plain text.</param>
    public void AddText(string text) => _body.Append("<p>").Append(Encode(text)).Append("</p>\n");

    /// <summary>Adds a table. A column whose cells all begin with digits or signs is set to the right.</summary>
    /// <param name="table">The table.</param>
    /// <exception cref="ArgumentException">A row has another number of cells than there are columns.</exception>
    public void AddTable(ReportTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            if (row.Count != table.Columns.Count)
            {
                throw new ArgumentException($"A row of '{table.Caption}' has {row.Count} cells for {table.Columns.Count} columns.", nameof(table));
            }
        }

        bool[] numbers = [.. Enumerable.Range(0, table.Columns.Count).Select(c => c > 0 && table.Rows.All(r => IsNumber(r[c])))];
        _body.Append("<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"").Append(Encode(table.Caption)).Append("\"><table><caption>")
            .Append(Encode(table.Caption)).Append("</caption>\n<thead><tr>");
        for (int c = 0; c < table.Columns.Count; c++)
        {
            _body.Append(numbers[c] ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">").Append(Encode(table.Columns[c])).Append("</th>");
        }

        _body.Append("</tr></thead>\n<tbody>\n");
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            _body.Append("<tr>");
            for (int c = 0; c < row.Count; c++)
            {
                string cell = Encode(row[c]);
                _body.Append(c == 0 ? $"<th scope=\"row\">{cell}</th>" : numbers[c] ? $"<td class=\"n\">{cell}</td>" : $"<td>{cell}</td>");
            }

            _body.Append("</tr>\n");
        }

        _body.Append("</tbody></table></div>\n");
    }

    /// <summary>Adds a chart, drawn for both themes.</summary>
    /// <param name="chart">The chart.</param>
    public void AddChart(Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        _body.Append("<figure><picture><source media=\"(prefers-color-scheme: dark)\" srcset=\"").Append(DataUri(chart, ChartTheme.Dark))
            .Append("\"><img src=\"").Append(DataUri(chart, ChartTheme.Light))
            .Append(CultureInfo.InvariantCulture, $"\" width=\"{chart.Width}\" height=\"{chart.Height}\" alt=\"{Encode(chart.Description)}\"></picture><figcaption>{Encode(chart.Title)}</figcaption></figure>\n");
    }

    /// <summary>The page.</summary>
    public string ToHtml() => $$"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
        <title>{{Encode(_title)}}</title>
        <style>
        :root { color-scheme: light dark; --ground: #ffffff; --ink: #1f2328; --quiet: #57606a; --line: #d0d7de; --stripe: #f6f8fa; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161b; --ink: #e6eaee; --quiet: #a3adb8; --line: #3a434d; --stripe: #1a2027; } }
        body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.7rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; }
        .wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; font-size: .92rem; }
        caption { text-align: left; color: var(--quiet); padding-bottom: .4rem; }
        th, td { text-align: left; padding: .3rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; font-weight: normal; white-space: pre-wrap; overflow-wrap: anywhere; }
        thead th { font-weight: 600; } tbody tr:nth-child(even) { background: var(--stripe); }
        .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        figure { margin: 1.5rem 0; } img { max-width: 100%; height: auto; } figcaption { color: var(--quiet); }
        </style>
        </head>
        <body>
        <main>
        <h1>{{Encode(_title)}}</h1>
        {{_body}}</main>
        </body>
        </html>

        """.ReplaceLineEndings("\n");

    private static bool IsNumber(string cell) => cell.Length == 0 || char.IsAsciiDigit(cell[0]) || cell[0] is '-' or '+' or '\u2212';

    private static string DataUri(Chart chart, ChartTheme theme) => $"data:image/png;base64,{Convert.ToBase64String(chart.ToPng(theme))}";

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
