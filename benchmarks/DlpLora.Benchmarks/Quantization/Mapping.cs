using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>One way to map the source's weights, by name.</summary>
internal sealed record Mapping(string Name, Func<WeightLayout> Layout, bool Slow = false)
{
    /// <summary>All, the two that the exporter offers first. Slow ones are measured only when named: their path in ONNX Runtime dequantizes.</summary>
    public static readonly Mapping[] All =
    [
        new("int4: codes and scales kept, rests of the zero points against block means; embedding 8 bits, kept", () => new BlockLayout(new Int4Encoder(), new Int8Encoder())),
        new("int8: Q8_0 kept, others absolute maximum / 127", () => new BlockLayout(new Int8Encoder(), new Int8Encoder())),
        new("the int4 with the embedding in 4 bits", () => new BlockLayout(new Int4Encoder(), new MinMaxEncoder())),
        new("the int4 over refitted codes (as from a float source)", () => new BlockLayout(new Int4Encoder(keepCodes: false), new Int8Encoder())),
        new("symmetric, absolute maximum / 7", () => new BlockLayout(new SymmetricEncoder(fullRange: false), new Int8Encoder())),
        new("llama.cpp's Q4_0 (maximum / -8)", () => new BlockLayout(new SymmetricEncoder(fullRange: true), new Int8Encoder())),
        new("whole zero point, minimum to maximum", () => new BlockLayout(new MinMaxEncoder(), new Int8Encoder())),
        new("whole zero point, least squares over zero point and scale", () => new BlockLayout(new LeastSquaresEncoder(32), new Int8Encoder())),
        new("whole zero point, least squares, blocks of 16", () => new BlockLayout(new LeastSquaresEncoder(16), new Int8Encoder())),
        new("codes and scales kept, zero point rounded", () => new BlockLayout(new KeptCodesEncoder(), new Int8Encoder())),
        new("8-bit codes 16 q, zero point rounded to a 16th", () => new BlockLayout(new SixteenthsEncoder(), new Int8Encoder())),
        new("accuracy level 1: int4 of the first row", () => new BlockLayout(new Int4Encoder(), new Int8Encoder(), 1), Slow: true),
        new("accuracy level 1: int8 of the second row", () => new BlockLayout(new Int8Encoder(), new Int8Encoder(), 1), Slow: true),
        new("zero points as singles: codes and scales kept", () => new FloatZeroPointLayout(), Slow: true),
    ];
}
