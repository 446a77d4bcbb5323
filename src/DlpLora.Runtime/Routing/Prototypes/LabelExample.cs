using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>An example of a new label as the fit sees it.</summary>
/// <param name="Features">The features of the text as it is.</param>
/// <param name="Views">The features of its content alone, and of its content with its options: what is left of it in a wording that no example has.</param>
internal sealed record LabelExample(uint[] Features, uint[][] Views)
{
    /// <summary>Reads examples. Their wording is what several of them share.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="recipe">The features.</param>
    public static LabelExample[] Read(IReadOnlyList<string> texts, FeatureRecipe recipe)
    {
        List<TextAnatomy> rows = [.. texts.Select(t => TextAnatomy.Split(t, 0))];
        WordingFinder.Mark(rows);
        return [.. rows.Select(r => Read(r, recipe))];
    }

    private static LabelExample Read(TextAnatomy row, FeatureRecipe recipe)
    {
        uint[] content = FeatureHashes.Of(TextComposer.Content(row), recipe);
        uint[] withOptions = FeatureHashes.Of(TextComposer.ContentWithOptions(row), recipe);
        return new LabelExample(FeatureHashes.Of(row.Text, recipe), [.. new[] { content, withOptions }.Where(v => v.Length > 0)]);
    }
}
