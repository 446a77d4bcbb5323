using System.Numerics.Tensors;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Native;

namespace DlpLora.Benchmarks.Slots;

/// <summary>A way to store the rows of A and B, as what is left of their numbers.</summary>
/// <param name="Name">Its name in the table.</param>
/// <param name="Round">Puts a row's numbers in the place of those that it had.</param>
internal sealed record AdapterForm(string Name, Action<float[]> Round)
{
    /// <summary>The first loses next to nothing: what it shows is what any change at all makes of a graph that rounds its inputs to 8 bits.</summary>
    public static AdapterForm[] All { get; } =
    [
        new("float32, each number off by 2^-20 of itself", row => TensorPrimitives.Multiply(row, 1 + (1f / (1 << 20)), row)),
        new("float16", row => Each(row, v => (float)(Half)v)),
        new("bfloat16", Shorten),
        new("8 bits, a scale a row", Bytes),
    ];

    /// <summary>The adapter with every row rounded; the caller releases it.</summary>
    public AdapterWeights Of(AdapterWeights exact)
    {
        NativeBuffer buffer = NativeBuffer.Allocate(exact.ByteLength);
        foreach (AdapterWeights.ModuleWeights module in exact.Modules)
        {
            Write(exact.A(module), module.Inputs, buffer.Span<float>(module.AOffset, module.Rank * module.Inputs));
            Write(exact.B(module), module.Outputs, buffer.Span<float>(module.BOffset, module.Rank * module.Outputs));
        }

        return new AdapterWeights(buffer, WeightElement.Single, exact.Modules.ToArray(), exact.Rows, $"{exact.Digest} {Name}");
    }

    private void Write(float[] rows, int width, Span<float> target)
    {
        for (int at = 0; at < rows.Length; at += width)
        {
            float[] row = rows[at..(at + width)];
            Round(row);
            row.CopyTo(target[at..]);
        }
    }

    private static void Shorten(float[] row)
    {
        ushort[] packed = new ushort[row.Length];
        PackedRow.Pack(row, packed);
        PackedRow.Unpack(packed, row);
    }

    private static void Bytes(float[] row)
    {
        float scale = TensorPrimitives.MaxMagnitude(row.AsSpan()) is var most && most == 0 ? 1 : Math.Abs(most) / 127;
        Each(row, v => MathF.Round(v / scale) * scale);
    }

    private static void Each(float[] row, Func<float, float> round)
    {
        for (int i = 0; i < row.Length; i++)
        {
            row[i] = round(row[i]);
        }
    }
}
