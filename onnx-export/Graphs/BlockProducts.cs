using System.Globalization;
using DlpLora.OnnxExport.Onnx;
using DlpLora.OnnxExport.Quantization;

namespace DlpLora.OnnxExport.Graphs;

/// <summary>
/// Has products of 4-bit and 8-bit blocks computed by the runtime's own <c>dlplora::BlockProduct(x, tiles)</c>, over weights in its own layout, in a file of their own. The
/// means that <see cref="BlockLayout"/> appends to the input of a product of 4-bit blocks are not needed then.
/// </summary>
/// <param name="model">The graph; its nodes are left as they are, its weights of such products exchanged.</param>
/// <param name="dataPath">The plain graph's weights.</param>
/// <param name="tiles">Gets the weights in the runtime's layout.</param>
internal sealed class BlockProducts(ModelProto model, string dataPath, ExternalData tiles)
{
    private const string Operator = "BlockProduct";

    private readonly Dictionary<string, TensorProto> _weights = model.Graph.Initializer.ToDictionary(i => i.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, NodeProto> _nodes = model.Graph.Node.ToDictionary(n => n.Name, StringComparer.Ordinal);

    /// <summary>Nodes that are no longer needed.</summary>
    public HashSet<string> Gone { get; } = new(StringComparer.Ordinal);

    /// <summary>The nodes that take the place of one; null where it stays.</summary>
    public NodeProto[]? Replace(NodeProto product)
    {
        if (product.OpType != "MatMulNBits" || !product.Attribute.Contains(BlockLayout.Accuracy(BlockLayout.Int8Activations)))
        {
            return null;
        }

        NodeProto? joined = Joined(product);
        if ((joined is null && !IsOfBytes(product)) || _weights[product.Input[1]].Dims[0] % BlockTiles.Outputs != 0)
        {
            return null;
        }

        if (joined is not null)
        {
            Gone.UnionWith([joined.Name, joined.Input[1]]);
        }

        string? bias = product.Input.Count == 6 ? product.Input[5] : null;
        string y = bias is null ? product.Output[0] : $"{product.Name}.product";
        NodeProto node = new() { Name = y, OpType = Operator, Domain = OperatorGraph.Domain };
        node.Input.AddRange(joined is not null ? [joined.Input[0], OfNibbles(product)] : [product.Input[0], OfBytes(product)]);
        node.Output.Add(y);
        if (bias is null)
        {
            return [node];
        }

        NodeProto sum = new() { Name = product.Name, OpType = "Add" };
        sum.Input.AddRange([y, bias]);
        sum.Output.AddRange(product.Output);
        return [node, sum];
    }

    /// <summary>The node that appends the means to a product's input.</summary>
    private NodeProto? Joined(NodeProto product) =>
        _nodes.TryGetValue(product.Input[0], out NodeProto? joined) && joined.Name.EndsWith(BlockLayout.WithMeansSuffix, StringComparison.Ordinal) ? joined : null;

    /// <summary>Whether a product's weights are 8-bit codes of which each 32 have a scale and 128 is zero.</summary>
    private static bool IsOfBytes(NodeProto product) =>
        product.Attribute.Contains(NodeAttribute.Of("bits", 8)) && product.Attribute.Contains(NodeAttribute.Of("block_size", BlockMatrix.DefaultBlockSize))
        && (product.Input.Count < 4 || product.Input[3].Length == 0)
        && product.Attribute.Single(a => a.Name == "K").I % BlockMatrix.DefaultBlockSize == 0;

    private string OfNibbles(NodeProto product)
    {
        TensorProto codes = _weights[product.Input[1]];
        TensorProto scales = _weights[product.Input[2]];
        TensorProto zeros = _weights[product.Input[3]];
        int rows = (int)codes.Dims[0];

        // All blocks are those of the inputs and one for each 32 of them, or a part of 32.
        int blocks = (int)codes.Dims[1] * BlockMatrix.DefaultBlockSize / (BlockMatrix.DefaultBlockSize + 1);
        return Exchange(product, BlockTiles.Of(Read(codes), Read(scales), Read(zeros), rows, blocks), blocks, BlockTiles.Bytes, codes, scales, zeros);
    }

    private string OfBytes(NodeProto product)
    {
        TensorProto codes = _weights[product.Input[1]];
        TensorProto scales = _weights[product.Input[2]];
        int blocks = (int)codes.Dims[1];
        return Exchange(product, ByteTiles.Of(Read(codes), Read(scales), (int)codes.Dims[0], blocks), blocks, ByteTiles.Bytes, codes, scales);
    }

    private string Exchange(NodeProto product, byte[] laidOut, int blocks, int tileBytes, params ReadOnlySpan<TensorProto> weights)
    {
        TensorProto laid = new() { Name = $"{product.Name}.tiles", DataType = (int)TensorProto.Types.DataType.Uint8 };
        laid.Dims.AddRange([laidOut.Length / blocks / tileBytes, blocks, tileBytes]);
        tiles.Attach(laid, tiles.Write(laidOut));
        foreach (TensorProto replaced in weights)
        {
            model.Graph.Initializer.Remove(replaced);
        }

        model.Graph.Initializer.Add(laid);
        return laid.Name;
    }

    private byte[] Read(TensorProto tensor)
    {
        using FileStream data = File.OpenRead(dataPath);
        data.Position = Number("offset");
        byte[] bytes = new byte[Number("length")];
        data.ReadExactly(bytes);
        return bytes;

        long Number(string key) => long.Parse(tensor.ExternalData.Single(e => e.Key == key).Value, CultureInfo.InvariantCulture);
    }
}
