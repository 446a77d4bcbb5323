namespace DlpLora.Reports;

/// <summary>A table of a report page. Each row's first cell names the row.</summary>
/// <param name="Caption">What the table holds.</param>
/// <param name="Columns">The columns' names.</param>
/// <param name="Rows">The cells, as text; a row has a cell for each column.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
