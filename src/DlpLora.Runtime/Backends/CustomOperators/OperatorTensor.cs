namespace DlpLora.Runtime.Backends.CustomOperators;

/// <summary>An input's numbers, their type and shape.</summary>
internal unsafe struct OperatorTensor
{
    public float* Values;

    /// <summary>ONNX's number of the type.</summary>
    public int Element;

    public long* Shape;
    public nuint Rank;

    public readonly long Length
    {
        get
        {
            long length = 1;
            for (nuint i = 0; i < Rank; i++)
            {
                length *= Shape[i];
            }

            return length;
        }
    }

    public static nint Input(nint context, int index, OperatorTensor* tensor)
    {
        nint value;
        nint status = OrtFunctions.Input(context, index, &value);
        status = status != 0 ? status : OrtFunctions.ShapeOf(value, &tensor->Element, &tensor->Shape, &tensor->Rank);
        return status != 0 ? status : OrtFunctions.Data(value, &tensor->Values);
    }
}
