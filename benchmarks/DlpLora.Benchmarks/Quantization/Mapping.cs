using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Quantization;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>One way to map the source's weights, by name.</summary>
internal sealed record Mapping(string Name, Func<WeightLayout> Layout)
{
    public static readonly Mapping[] All =
    [
        new("fp32", () => new SingleLayout()),
        new("int8, Q8_0 embedding kept", () => new BlockLayout(new Int8Encoder(), new Int8Encoder())),
        new("int8, level 1", () => new BlockLayout(new Int8Encoder(), new Int8Encoder(), 1)),
        new("int4 min-max, int8 embedding", () => new BlockLayout(new Int4Encoder(), new Int8Encoder())),
        new("int4 min-max, int8 embedding, level 1", () => new BlockLayout(new Int4Encoder(), new Int8Encoder(), 1)),
        new("a: symmetric absolute maximum / 7", () => new BlockLayout(new SymmetricEncoder(fullRange: false), new Int8Encoder())),
        new("llama.cpp's Q4_0 (maximum / -8)", () => new BlockLayout(new SymmetricEncoder(fullRange: true), new Int8Encoder())),
        new("llama.cpp's Q4_0, level 1", () => new BlockLayout(new SymmetricEncoder(fullRange: true), new Int8Encoder(), 1)),
        new("b: least squares over zero point and scale", () => new BlockLayout(new LeastSquaresEncoder(32), new Int8Encoder())),
        new("b: least squares, level 1", () => new BlockLayout(new LeastSquaresEncoder(32), new Int8Encoder(), 1)),
        new("c: Q4_1 codes and scale kept, zero point rounded", () => new BlockLayout(new KeptCodesEncoder(), new Int8Encoder())),
        new("f: 8-bit codes 16 q, zero point rounded to a 16th", () => new BlockLayout(new SixteenthsEncoder(), new Int8Encoder())),
        new("h: least squares, block 16", () => new BlockLayout(new LeastSquaresEncoder(16), new Int8Encoder())),
    ];
}
