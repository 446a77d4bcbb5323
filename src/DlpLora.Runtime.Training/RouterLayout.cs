using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>How a router's numbers are spent: the table's rows and columns, and which of these are trained.</summary>
/// <param name="Recipe">The router's features.</param>
/// <param name="Trained">The same features in the width of the trained columns alone.</param>
/// <param name="Counted">Whether there is a counted column a score.</param>
internal sealed record RouterLayout(FeatureRecipe Recipe, FeatureRecipe Trained, bool Counted)
{
    /// <summary>The most numbers in the table: the rest of the router's five million is left to its layers and to adapters that are added later.</summary>
    private const int MaximumTable = 65_536 * 64;

    /// <summary>Wider tables would have too few rows: with more labels nothing is counted.</summary>
    private const int MaximumWidth = 256;

    private const int WidthStep = 32;
    private const int FewestRows = 4096;

    /// <summary>Makes room for the labels.</summary>
    /// <exception cref="DlpLoraException">There is none.</exception>
    public static RouterLayout Fit(RouterTrainingOptions options, int labels)
    {
        FeatureRecipe recipe = options.Recipe;
        int scores = labels + 1;
        int wanted = Math.Max(recipe.Width, (scores + options.Training.TrainedWidth + WidthStep - 1) / WidthStep * WidthStep);
        bool counted = options.Training.CountStrength > 0 && wanted <= MaximumWidth;
        int width = counted ? wanted : recipe.Width;
        int top = width;
        long dense = 0;
        foreach (int outputs in options.Training.Hidden)
        {
            dense += (top + 1L) * outputs;
            top = outputs;
        }

        dense += (scores * (width + top + 1L)) + 4;
        long room = Math.Min(MaximumTable, RouterModel.MaximumParameters - dense);
        long rows = Math.Min(recipe.Rows, room / width);
        if (rows < Math.Min(FewestRows, recipe.Rows))
        {
            throw new DlpLoraException($"{labels} labels leave no room for features in a router of {RouterModel.MaximumParameters} numbers.");
        }

        recipe = recipe with { Rows = (int)rows, Width = width };
        return new RouterLayout(recipe, recipe with { Width = counted ? (width - scores) / 4 * 4 : width }, counted);
    }
}
