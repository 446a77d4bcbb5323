using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

/// <summary>Small routers whose numbers come from a formula: real files and real arithmetic without training.</summary>
internal static class TestRouters
{
    public static RouterModel Model(RouterCalibration? calibration = null, params string[] labels)
    {
        labels = labels.Length == 0 ? ["alpha", "beta", "gamma", "delta"] : labels;
        FeatureRecipe recipe = new() { Rows = 4096, Width = 32 };
        int scores = labels.Length + 1;
        sbyte[] table = new sbyte[recipe.Rows * recipe.Width];
        uint state = 12345;
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (sbyte)(Next(ref state) % 255 - 127);
        }

        return new RouterModel
        {
            Recipe = recipe,
            Labels = labels,
            Embedding = table,
            EmbeddingScale = 0.01f,
            Hidden = [new DenseLayer(32, 16, Values(32 * 16, ref state), Values(16, ref state))],
            Output = new DenseLayer(16, scores, Values(16 * scores, ref state), Values(scores, ref state)),
            Straight = new DenseLayer(32, scores, Values(32 * scores, ref state), new float[scores]),
            Calibration = calibration ?? new RouterCalibration(1, 0, 1),
        };
    }

    public static Router Router(RouterCalibration? calibration = null, params string[] labels)
    {
        RouterModel model = Model(calibration, labels);
        return new Router(model, model.ComputeVersion());
    }

    private static float[] Values(int count, ref uint state)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = ((Next(ref state) % 2001) / 1000f) - 1;
        }

        return values;
    }

    private static int Next(ref uint state)
    {
        state = (state * 1664525) + 1013904223;
        return (int)(state >> 8);
    }
}
