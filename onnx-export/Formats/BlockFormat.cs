namespace DlpLora.OnnxExport.Formats;

/// <summary>How a source stores numbers: blocks of a fixed number of elements in a fixed number of little-endian bytes.</summary>
/// <remarks>A new format is one small file that derives from this class and one line in <see cref="GgmlTypes"/>.</remarks>
internal abstract class BlockFormat(string name, int blockElements, int blockBytes)
{
    /// <summary>The format's name as GGUF and safetensors write it.</summary>
    public string Name { get; } = name;

    public int BlockElements { get; } = blockElements;

    public int BlockBytes { get; } = blockBytes;

    /// <summary>Reads whole blocks.</summary>
    /// <param name="blocks">n blocks of <see cref="BlockBytes"/> bytes.</param>
    /// <param name="values">Receives n times <see cref="BlockElements"/> numbers.</param>
    public abstract void Decode(ReadOnlySpan<byte> blocks, Span<float> values);

    public override string ToString() => Name;
}
