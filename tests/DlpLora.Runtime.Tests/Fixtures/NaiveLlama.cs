namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>The arithmetic of <see cref="TinyModel"/> written out: merged weights, no cache, no fusion. What the runtime is held against.</summary>
internal sealed class NaiveLlama
{
    private readonly Dictionary<string, float[]> _weights;

    /// <param name="adapters">Adapters with their weights in the mixture, merged into the base's weights.</param>
    public NaiveLlama(params ReadOnlySpan<(TinyAdapter Adapter, float Weight)> adapters)
    {
        _weights = TinyModel.Shared.Weights.ToDictionary(p => p.Key, p => (float[])p.Value.Clone(), StringComparer.Ordinal);
        foreach ((TinyAdapter adapter, float weight) in adapters)
        {
            foreach (string module in adapter.Modules.Keys)
            {
                adapter.AddTo(module, weight, _weights[module + ".weight"]);
            }
        }
    }

    /// <summary>The logits at every position, [ids, vocabulary].</summary>
    public float[] Logits(ReadOnlySpan<int> ids)
    {
        int count = ids.Length;
        double[][] x = new double[count][];
        for (int i = 0; i < count; i++)
        {
            x[i] = [.. _weights["model.embed_tokens.weight"].AsSpan(ids[i] * TinyModel.Hidden, TinyModel.Hidden).ToArray().Select(v => (double)v)];
        }

        for (int layer = 0; layer < TinyModel.Layers; layer++)
        {
            string prefix = $"model.layers.{layer}.";
            double[][] normed = Each(x, v => Norm(v, prefix + "input_layernorm.weight"));
            double[][] attended = Attend(
                Each(normed, v => Linear(v, prefix + "self_attn.q_proj.weight")),
                Each(normed, v => Linear(v, prefix + "self_attn.k_proj.weight")),
                Each(normed, v => Linear(v, prefix + "self_attn.v_proj.weight")));
            x = Add(x, Each(attended, v => Linear(v, prefix + "self_attn.o_proj.weight")));
            normed = Each(x, v => Norm(v, prefix + "post_attention_layernorm.weight"));
            x = Add(x, Each(normed, v =>
            {
                double[] gate = Linear(v, prefix + "mlp.gate_proj.weight");
                double[] up = Linear(v, prefix + "mlp.up_proj.weight");
                return Linear([.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)], prefix + "mlp.down_proj.weight");
            }));
        }

        return [.. x.SelectMany(v => Linear(Norm(v, "model.norm.weight"), "model.embed_tokens.weight")).Select(v => (float)v)];
    }

    private static double[][] Each(double[][] rows, Func<double[], double[]> map) => Array.ConvertAll(rows, v => map(v));

    private static double[][] Add(double[][] x, double[][] y) => [.. x.Zip(y, (a, b) => a.Zip(b, (p, q) => p + q).ToArray())];

    private double[] Norm(double[] x, string weight)
    {
        double scale = 1 / Math.Sqrt((x.Sum(v => v * v) / x.Length) + TinyModel.Epsilon);
        return [.. x.Zip(_weights[weight], (v, w) => v * scale * w)];
    }

    private double[] Linear(double[] x, string weight)
    {
        float[] w = _weights[weight];
        double[] y = new double[w.Length / x.Length];
        for (int row = 0; row < y.Length; row++)
        {
            double sum = 0;
            for (int i = 0; i < x.Length; i++)
            {
                sum += x[i] * w[(row * x.Length) + i];
            }

            y[row] = sum;
        }

        return y;
    }

    private static double[][] Attend(double[][] q, double[][] k, double[][] v)
    {
        const int Size = TinyModel.HeadSize;
        double[][] result = Array.ConvertAll(q, row => new double[row.Length]);
        Rotate(q);
        Rotate(k);
        for (int head = 0; head < TinyModel.Heads; head++)
        {
            int shared = head / (TinyModel.Heads / TinyModel.KeyValueHeads);
            for (int i = 0; i < q.Length; i++)
            {
                double[] scores = new double[i + 1];
                for (int j = 0; j <= i; j++)
                {
                    for (int d = 0; d < Size; d++)
                    {
                        scores[j] += q[i][(head * Size) + d] * k[j][(shared * Size) + d] / Math.Sqrt(Size);
                    }
                }

                double largest = scores.Max();
                double[] shares = [.. scores.Select(s => Math.Exp(s - largest))];
                double sum = shares.Sum();
                for (int j = 0; j <= i; j++)
                {
                    for (int d = 0; d < Size; d++)
                    {
                        result[i][(head * Size) + d] += shares[j] / sum * v[j][(shared * Size) + d];
                    }
                }
            }
        }

        return result;
    }

    /// <summary>Rotary position embedding, halves of a head paired.</summary>
    private static void Rotate(double[][] rows)
    {
        const int Half = TinyModel.HeadSize / 2;
        for (int position = 0; position < rows.Length; position++)
        {
            for (int start = 0; start < rows[position].Length; start += TinyModel.HeadSize)
            {
                for (int d = 0; d < Half; d++)
                {
                    double angle = position * Math.Pow(TinyModel.RopeTheta, -2.0 * d / TinyModel.HeadSize);
                    double a = rows[position][start + d];
                    double b = rows[position][start + d + Half];
                    rows[position][start + d] = (a * Math.Cos(angle)) - (b * Math.Sin(angle));
                    rows[position][start + d + Half] = (b * Math.Cos(angle)) + (a * Math.Sin(angle));
                }
            }
        }
    }
}
