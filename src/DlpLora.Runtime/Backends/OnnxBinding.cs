using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// The graph's inputs and outputs for one number of rows. Past and present are bound to one memory, tokens and lengths are written in place,
/// and values are bound anew only when a shape or an address changes: a run of the shapes of the run before allocates nothing.
/// </summary>
internal sealed class OnnxBinding : IDisposable
{
    private readonly OnnxBackend _backend;
    private readonly ModelManifest _model;
    private readonly int _batch;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();

    /// <summary>seqlens_k [batch] and, at <see cref="_totalOffset"/>, total_sequence_length [1].</summary>
    private readonly NativeBuffer _lengths;

    private readonly int _totalOffset;
    private NativeBuffer _ids = NativeBuffer.Allocate(0);
    private NativeBuffer _logitsRows = NativeBuffer.Allocate(0);
    private NativeBuffer _logits = NativeBuffer.Allocate(0);
    private NativeBuffer _gate = NativeBuffer.Allocate(0);
    private FusedStack? _stack;
    private FusedStack? _boundStack;
    private int _boundTokens = -1;
    private int _boundLogitsRows = -1;
    private (int Rows, int Width) _boundGate = (-1, -1);
    private (int Version, int Row) _boundCache = (-1, -1);
    private int _gateRows = 1;

    public OnnxBinding(OnnxBackend backend, int batch)
    {
        _backend = backend;
        _model = backend.Model;
        _batch = batch;
        _totalOffset = ((batch * sizeof(int)) + 63) / 64 * 64;
        _lengths = NativeBuffer.AllocateZeroed(_totalOffset + 64);
        _binding = backend.Session.CreateIoBinding();
        BindFixed();
    }

    /// <summary>Binds the stacked adapters; null is the base.</summary>
    /// <param name="stack">The stack; the caller keeps it alive while it runs.</param>
    /// <param name="gateRows">1, or one for each token of a lone row, or one for each row.</param>
    /// <returns>The gate to be written, [gate rows, R]; empty for the base.</returns>
    public Span<float> Bind(FusedStack? stack, int gateRows)
    {
        _stack = stack;
        _gateRows = gateRows;
        if (!ReferenceEquals(stack, _boundStack))
        {
            if (stack is null)
            {
                Unbind();
            }
            else
            {
                BindSlots(stack);
            }

            _boundStack = stack;
        }

        return stack is null ? [] : BindGate(stack.Rows);
    }

    /// <summary>Runs new tokens of neighbouring rows.</summary>
    /// <param name="cache">The rows' keys and values.</param>
    /// <param name="firstRow">The first of them.</param>
    /// <param name="pastLengths">[batch]: the tokens that each row holds.</param>
    /// <param name="ids">[batch, tokens].</param>
    /// <param name="logitsRows">The wanted logits, by index into <paramref name="ids"/>.</param>
    /// <returns>[logits rows, vocabulary].</returns>
    public Span<float> Run(
        KvSlab cache, int firstRow, scoped ReadOnlySpan<int> pastLengths, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
    {
        int tokens = ids.Length / _batch;
        if (_stack is not null && _gateRows != 1 && _gateRows != ids.Length)
        {
            throw new InvalidOperationException($"The gate has {_gateRows} rows for {ids.Length} tokens; bind it before the run.");
        }

        BindCache(cache, firstRow);
        BindShapes(tokens, logitsRows.Length);
        Widen(ids, _ids.Span<long>(0, ids.Length));
        Widen(logitsRows, _logitsRows.Span<long>(0, logitsRows.Length));
        Span<int> totals = _lengths.Span<int>(0, _batch);
        int longest = 0;
        for (int row = 0; row < _batch; row++)
        {
            int total = pastLengths[row] + tokens;
            totals[row] = total - 1;
            longest = Math.Max(longest, total);
        }

        _lengths.Span<int>(_totalOffset, 1)[0] = longest;
        try
        {
            _backend.Session.RunWithBinding(_runOptions, _binding);
            _backend.Embedding?.Read(ids.Length);
        }
        catch (OnnxRuntimeException error)
        {
            throw new DlpLoraException($"the model failed at positions up to {longest - 1}, {_batch} rows ({error.Message})", error);
        }

        return _logits.Span<float>(0, logitsRows.Length * _model.VocabularySize);
    }

    public void Dispose()
    {
        _binding.Dispose();
        _runOptions.Dispose();
        _lengths.Dispose();
        _ids.Dispose();
        _logitsRows.Dispose();
        _logits.Dispose();
        _gate.Dispose();
    }

    private static void Widen(ReadOnlySpan<int> from, Span<long> to)
    {
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = from[i];
        }
    }

    private static bool Grow(ref NativeBuffer buffer, long bytes)
    {
        if (buffer.ByteLength >= bytes && buffer.ByteLength > 0)
        {
            return false;
        }

        buffer.Dispose();
        buffer = NativeBuffer.Allocate(bytes);
        return true;
    }

    /// <summary>A single input cannot be unbound: all of them are, and bound again by the next run.</summary>
    private void Unbind()
    {
        _binding.ClearBoundInputs();
        _boundTokens = _boundLogitsRows = -1;
        _boundGate = (-1, -1);
        _boundCache = (-1, -1);
        BindFixed();
    }

    private void BindFixed()
    {
        BindInput(GraphNames.PastLengths, TensorElementType.Int32, [_batch], _lengths.Address, _batch * sizeof(int));
        BindInput(GraphNames.TotalLength, TensorElementType.Int32, _backend.TotalLengthRank == 0 ? [] : [1], _lengths.Address + _totalOffset, sizeof(int));
    }

    private void BindSlots(FusedStack stack)
    {
        TensorElementType type = stack.Element == WeightElement.Single ? TensorElementType.Float : TensorElementType.BFloat16;
        for (int i = 0; i < _model.Slots.Count; i++)
        {
            LoraSlot slot = _model.Slots[i];
            SlotLayout layout = new(slot, stack.Element, stack.Rows);
            BindInput(slot.A, type, [layout.A.Rows, layout.A.Width], stack.A(i), layout.ABytes);
            BindInput(slot.B, type, [layout.B.Rows, layout.B.Width], stack.B(i), layout.BBytes);
        }
    }

    private Span<float> BindGate(int width)
    {
        if (Grow(ref _gate, (long)_gateRows * width * sizeof(float)))
        {
            _boundGate = (-1, -1);
        }

        if (_boundGate != (_gateRows, width))
        {
            // Of a lone row a gate row is a token, of several it is one of them.
            long[] shape = _batch == 1 ? [1, _gateRows, width] : [_gateRows, 1, width];
            BindInput(_model.Gate!, TensorElementType.Float, shape, _gate.Address, (long)_gateRows * width * sizeof(float));
            _boundGate = (_gateRows, width);
        }

        return _gate.Span<float>(0, _gateRows * width);
    }

    private void BindShapes(int tokens, int logitsRows)
    {
        long count = (long)_batch * tokens;
        if (Grow(ref _ids, count * sizeof(long)) || _boundTokens != tokens)
        {
            BindInput(GraphNames.InputIds, TensorElementType.Int64, [_batch, tokens], _ids.Address, count * sizeof(long));
            _boundTokens = tokens;
        }

        bool grown = Grow(ref _logitsRows, (long)logitsRows * sizeof(long));
        grown |= Grow(ref _logits, (long)logitsRows * _model.VocabularySize * sizeof(float));
        if (grown || _boundLogitsRows != logitsRows)
        {
            BindInput(GraphNames.LogitsRows, TensorElementType.Int64, [logitsRows], _logitsRows.Address, (long)logitsRows * sizeof(long));
            long bytes = (long)logitsRows * _model.VocabularySize * sizeof(float);
            using OrtValue logits = View(TensorElementType.Float, [logitsRows, _model.VocabularySize], _logits.Address, bytes);
            _binding.BindOutput(GraphNames.Logits, logits);
            _boundLogitsRows = logitsRows;
        }
    }

    private void BindCache(KvSlab cache, int firstRow)
    {
        if (_boundCache == (cache.Version, firstRow))
        {
            return;
        }

        long[] shape = [_batch, _model.KeyValueHeads, cache.Capacity, _model.HeadSize];
        for (int layer = 0; layer < _model.Layers; layer++)
        {
            Bind(GraphNames.PastKey(layer), GraphNames.PresentKey(layer), 2 * layer);
            Bind(GraphNames.PastValue(layer), GraphNames.PresentValue(layer), (2 * layer) + 1);
        }

        _boundCache = (cache.Version, firstRow);

        void Bind(string past, string present, int block)
        {
            using OrtValue value = View(TensorElementType.Float, shape, cache.Address(block, firstRow), _batch * cache.RowBytes);
            _binding.BindInput(past, value);
            _binding.BindOutput(present, value);
        }
    }

    /// <summary>The binding keeps its own reference to the value, and the value only an address.</summary>
    private void BindInput(string name, TensorElementType type, long[] shape, nint address, long bytes)
    {
        using OrtValue value = View(type, shape, address, bytes);
        _binding.BindInput(name, value);
    }

    private static OrtValue View(TensorElementType type, long[] shape, nint address, long bytes) =>
        OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, address, bytes);
}
