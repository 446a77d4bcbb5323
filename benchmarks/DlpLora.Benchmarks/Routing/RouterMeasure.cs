namespace DlpLora.Benchmarks.Routing;

/// <summary>One line of the router's table.</summary>
/// <param name="Key">Its name in the JSON file.</param>
/// <param name="Title">Its name for people.</param>
/// <param name="Unit">What the number is; percentages are fractions in the JSON file.</param>
internal sealed record RouterMeasure(string Key, string Title, MeasureUnit Unit)
{
    /// <summary>The table, top to bottom.</summary>
    public static IReadOnlyList<RouterMeasure> All { get; } =
    [
        new("core.test", "26 core tasks: test", MeasureUnit.Percent),
        new("core.reworded", "26 core tasks: reworded", MeasureUnit.Percent),
        new("core.bare", "26 core tasks: bare", MeasureUnit.Percent),
        new("all.test", "all tasks: test", MeasureUnit.Percent),
        new("all.reworded", "all tasks: reworded", MeasureUnit.Percent),
        new("all.bare", "all tasks: bare", MeasureUnit.Percent),
        new("ten.test", "10 rows a task: test", MeasureUnit.Percent),
        new("ten.reworded", "10 rows a task: reworded", MeasureUnit.Percent),
        new("fifty.test", "50 rows a task: test", MeasureUnit.Percent),
        new("fifty.reworded", "50 rows a task: reworded", MeasureUnit.Percent),
        new("composite.exact", "composite: exactly both tasks, the border right", MeasureUnit.Percent),
        new("composite.top2", "composite: both in the top 2 of the whole prompt", MeasureUnit.Percent),
        new("ood.test", "out of domain: AUROC against test", MeasureUnit.Fraction),
        new("ood.bare", "out of domain: AUROC against bare", MeasureUnit.Fraction),
        new("ood.accepted.test", "out of domain: accepted where 95 % of test are", MeasureUnit.Percent),
        new("ood.accepted.bare", "out of domain: accepted where 95 % of bare are", MeasureUnit.Percent),
        new("ood.accepted", "out of domain: accepted at the router's threshold", MeasureUnit.Percent),
        new("ece.test", "ECE: test", MeasureUnit.Fraction),
        new("ece.reworded", "ECE: reworded", MeasureUnit.Fraction),
        new("abstained.test", "abstained at the router's threshold: test", MeasureUnit.Percent),
        new("abstained.reworded", "abstained at the router's threshold: reworded", MeasureUnit.Percent),
        new("abstained.bare", "abstained at the router's threshold: bare", MeasureUnit.Percent),
        new("training", "training, 26 tasks", MeasureUnit.Seconds),
        new("decision", "decision of 40 words, median", MeasureUnit.Microseconds),
        new("decision.bytes", "allocated by a decision", MeasureUnit.Bytes),
        new("numbers", "numbers in the file", MeasureUnit.Count),
    ];
}
