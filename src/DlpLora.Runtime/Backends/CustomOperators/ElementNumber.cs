namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>ONNX's numbers of the element types that our operators take (<c>ONNXTensorElementDataType</c>).</summary>
internal static class ElementNumber
{
    /// <summary>As an operator's declaration: whatever comes.</summary>
    public const int Any = 0;

    public const int Single = 1;

    public const int Byte = 2;

    public const int Int32 = 6;

    public const int BFloat16 = 16;
}
