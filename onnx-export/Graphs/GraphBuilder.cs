using System.Runtime.InteropServices;
using DlpLora.OnnxExport.Onnx;
using Google.Protobuf;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>Builds one ONNX graph: inputs, weights, nodes, outputs. A value's name is what each method returns.</summary>
internal sealed class GraphBuilder(ExternalData data)
{
    /// <summary>The domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private const int IrVersion = 10;
    private const int Opset = 21;

    private readonly GraphProto _graph = new() { Name = "decoder" };
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);

    /// <summary>The weights' file.</summary>
    public ExternalData Data { get; } = data;

    /// <summary>Declares an input that the caller must feed.</summary>
    public string Input(string name, TensorProto.Types.DataType type, params ReadOnlySpan<Dim> shape)
    {
        _graph.Input.Add(Value(name, type, shape));
        return name;
    }

    /// <summary>Declares a float input with an empty default: an overridable initializer.</summary>
    /// <param name="name">The input's name.</param>
    /// <param name="shape">The input's dimensions.</param>
    /// <param name="defaultShape">The default's dimensions, one of which is 0.</param>
    public string OptionalInput(string name, ReadOnlySpan<Dim> shape, ReadOnlySpan<long> defaultShape)
    {
        _graph.Input.Add(Value(name, TensorProto.Types.DataType.Float, shape));
        TensorProto tensor = NewTensor(name, TensorProto.Types.DataType.Float, defaultShape);
        tensor.RawData = ByteString.Empty;
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>Declares an output; some node must produce a value of this name.</summary>
    public void Output(string name, TensorProto.Types.DataType type, params ReadOnlySpan<Dim> shape) => _graph.Output.Add(Value(name, type, shape));

    /// <summary>Writes a float weight into the weights' file.</summary>
    public string Weight(string name, ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        View(name, TensorProto.Types.DataType.Float, Data.Write(MemoryMarshal.AsBytes(values)), shape);

    /// <summary>Writes a byte weight into the weights' file.</summary>
    public string Weight(string name, ReadOnlySpan<byte> values, params ReadOnlySpan<long> shape) =>
        View(name, TensorProto.Types.DataType.Uint8, Data.Write(values), shape);

    /// <summary>Adds a weight whose bytes are in the weights' file already.</summary>
    public string View(string name, TensorProto.Types.DataType type, DataRange range, params ReadOnlySpan<long> shape)
    {
        TensorProto tensor = NewTensor(name, type, shape);
        Data.Attach(tensor, range);
        _graph.Initializer.Add(tensor);
        return name;
    }

    /// <summary>A small constant of whole numbers, stored in the graph itself; the same name is stored once.</summary>
    public string Constant(string name, params ReadOnlySpan<long> values)
    {
        if (_constants.Add(name))
        {
            TensorProto tensor = NewTensor(name, TensorProto.Types.DataType.Int64, [values.Length]);
            tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));
            _graph.Initializer.Add(tensor);
        }

        return name;
    }

    /// <summary>Adds a node with one output of the node's own name.</summary>
    public string Node(string name, string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Node(name, string.Empty, op, inputs, [name], attributes);

    /// <summary>Adds a node of ONNX Runtime's own domain with one output of the node's own name.</summary>
    public string MicrosoftNode(string name, string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Node(name, Microsoft, op, inputs, [name], attributes);

    /// <summary>Adds a node.</summary>
    /// <param name="name">The node's name, unique in the graph.</param>
    /// <param name="domain">The operator's domain; empty for ONNX.</param>
    /// <param name="op">The operator.</param>
    /// <param name="inputs">The inputs; an empty name leaves an optional input out.</param>
    /// <param name="outputs">The outputs' names; an empty name leaves an optional output out.</param>
    /// <param name="attributes">The attributes.</param>
    /// <returns>The first output's name.</returns>
    public string Node(
        string name, string domain, string op, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        NodeProto node = new() { Name = name, OpType = op, Domain = domain };
        node.Input.AddRange(inputs.ToArray());
        node.Output.AddRange(outputs.ToArray());
        node.Attribute.AddRange(attributes.ToArray());
        _graph.Node.Add(node);
        return outputs[0];
    }

    /// <summary>The finished model.</summary>
    /// <param name="producerVersion">The exporter's version.</param>
    public ModelProto Build(string producerVersion)
    {
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "DlpLora.OnnxExport", ProducerVersion = producerVersion, Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = string.Empty, Version = Opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Microsoft, Version = 1 });
        return model;
    }

    private static TensorProto NewTensor(string name, TensorProto.Types.DataType type, ReadOnlySpan<long> shape)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type };
        tensor.Dims.AddRange(shape.ToArray());
        return tensor;
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, ReadOnlySpan<Dim> shape)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type, Shape = new TensorShapeProto() };
        foreach (Dim dim in shape)
        {
            TensorShapeProto.Types.Dimension dimension = new();
            if (dim.Symbol is { } symbol)
            {
                dimension.DimParam = symbol;
            }
            else
            {
                dimension.DimValue = dim.Value;
            }

            tensor.Shape.Dim.Add(dimension);
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }
}
