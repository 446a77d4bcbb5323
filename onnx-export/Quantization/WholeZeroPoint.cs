using System.Numerics.Tensors;

namespace DlpLora.OnnxExport.Quantization;

/// <summary>4-bit codes between the smallest and the largest number (0 among them), with a whole zero point.</summary>
internal static class WholeZeroPoint
{
    private const int Largest = 15;

    public static void Encode(ReadOnlySpan<float> values, Span<byte> codes, out float scale, out int zero)
    {
        float low = MathF.Min(0, TensorPrimitives.Min(values));
        float high = MathF.Max(0, TensorPrimitives.Max(values));
        scale = (high - low) / Largest;
        float inverse = scale > 0 ? 1 / scale : 0;
        zero = Math.Clamp((int)MathF.Round(-low * inverse), 0, Largest);
        for (int i = 0; i < values.Length; i++)
        {
            codes[i] = (byte)Math.Clamp((int)MathF.Round(values[i] * inverse) + zero, 0, Largest);
        }
    }
}
