using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>One way to map the source's weights, by name.</summary>
/// <param name="Name">The name in the report.</param>
/// <param name="Layout">Creates the layout.</param>
/// <param name="SpeedOf">The mapping with the same operators and sizes, whose speed stands for this one's; null to measure its own.</param>
/// <param name="Slow">ONNX Runtime dequantizes for every call: measured only when named with --only.</param>
/// <param name="Own">The graph with the runtime's own operators, where the processor has what they need.</param>
internal sealed record Mapping(string Name, Func<WeightLayout> Layout, string? SpeedOf = null, bool Slow = false, bool Own = false)
{
    private const string Int4 = "int4 (chosen): codes and scales kept, rests of the zero points against block means";
    private const string Int8 = "int8 (chosen): Q8_0 kept, others absolute maximum / 127";
    private const string Symmetric = "symmetric, absolute maximum / 7";
    private const string Whole = "whole zero point, minimum to maximum";

    public static readonly Mapping[] All =
    [
        new("fp32", () => new SingleLayout()),
        new(Int4, () => new BlockLayout(new Int4Encoder(), new Int8Encoder())),
        new("int4 by the runtime's own operators", () => new BlockLayout(new Int4Encoder(), new Int8Encoder()), Own: true),
        new(Int8, () => new BlockLayout(new Int8Encoder(), new Int8Encoder())),
        new("int4, codes fitted anew, as from a source of singles", () => new BlockLayout(new Int4Encoder(keepCodes: false), new Int8Encoder()), Int4),
        new("int4, embedding and LM head in 4 bits", () => new BlockLayout(new Int4Encoder(), new MinMaxEncoder())),
        new("8-bit codes 16 q, zero point rounded to a 16th", () => new BlockLayout(new SixteenthsEncoder(), new Int8Encoder())),
        new(Symmetric, () => new BlockLayout(new SymmetricEncoder(fullRange: false), new Int8Encoder())),
        new("llama.cpp's Q4_0 (maximum / -8)", () => new BlockLayout(new SymmetricEncoder(fullRange: true), new Int8Encoder()), Symmetric),
        new(Whole, () => new BlockLayout(new MinMaxEncoder(), new Int8Encoder())),
        new("codes and scales kept, zero point rounded", () => new BlockLayout(new KeptCodesEncoder(), new Int8Encoder()), Whole),
        new("whole zero point, least squares over zero point and scale", () => new BlockLayout(new LeastSquaresEncoder(32), new Int8Encoder()), Whole),
        new("whole zero point, least squares, blocks of 16", () => new BlockLayout(new LeastSquaresEncoder(16), new Int8Encoder())),
        new("accuracy level 1, int4", () => new BlockLayout(new Int4Encoder(), new Int8Encoder(), 1), Slow: true),
        new("accuracy level 1, int8", () => new BlockLayout(new Int8Encoder(), new Int8Encoder(), 1), Slow: true),
        new("zero points as singles, codes and scales kept", () => new FloatZeroPointLayout(), Slow: true),
    ];
}
