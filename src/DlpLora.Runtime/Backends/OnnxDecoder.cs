using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// One sequence in ONNX Runtime. Past and present are bound to one native buffer, tokens and lengths are written in place, and values are
/// bound anew only when a shape or an address changes: a run of the shapes of the run before allocates nothing.
/// </summary>
internal sealed class OnnxDecoder : IDecoder
{
    private readonly OnnxBackend _backend;
    private readonly ModelManifest _model;
    private readonly OrtIoBinding _binding;
    private readonly RunOptions _runOptions = new();

    /// <summary>Of each layer the keys, then the values: [1, kv heads, capacity, head size].</summary>
    private readonly NativeBuffer _cache;

    /// <summary>seqlens_k [1] and, 64 bytes on, total_sequence_length [1].</summary>
    private readonly NativeBuffer _lengths = NativeBuffer.AllocateZeroed(128);

    private NativeBuffer _ids = NativeBuffer.Allocate(0);
    private NativeBuffer _logitsRows = NativeBuffer.Allocate(0);
    private NativeBuffer _logits = NativeBuffer.Allocate(0);
    private NativeBuffer _gate = NativeBuffer.Allocate(0);
    private FusedStack? _stack;
    private bool _slotsBound;
    private int _boundIds = -1;
    private int _boundLogitsRows = -1;
    private (int Rows, int Width) _boundGate = (-1, -1);
    private int _gateRows = 1;
    private bool _disposed;

    public OnnxDecoder(OnnxBackend backend, int capacity)
    {
        _backend = backend;
        _model = backend.Model;
        Capacity = capacity;
        _cache = NativeBuffer.Allocate(checked(KvCacheSize.BytesPerToken(_model) * capacity));
        _binding = backend.Session.CreateIoBinding();
        BindFixed();
        BindCache(outputs: true);
    }

    public int Capacity { get; }

    public int Length { get; private set; }

    private int Rows => _stack?.Rows ?? 0;

    public void Reset()
    {
        Length = 0;
        Bind(null);
    }

    public void Bind(FusedStack? stack)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _stack = stack;
        _gateRows = 1;
        if (stack is null)
        {
            if (_slotsBound)
            {
                // A single input cannot be unbound.
                _binding.ClearBoundInputs();
                _slotsBound = false;
                _boundIds = _boundLogitsRows = -1;
                _boundGate = (-1, -1);
                BindFixed();
                BindCache(outputs: false);
            }

            return;
        }

        _slotsBound = true;
        for (int i = 0; i < _model.Slots.Count; i++)
        {
            LoraSlot slot = _model.Slots[i];
            long rows = (long)slot.Blocks * stack.Rows;
            BindInput(slot.A, TensorElementType.Float, [rows, slot.Inputs], stack.A(i), rows * slot.Inputs * sizeof(float));
            BindInput(slot.B, TensorElementType.Float, [rows, slot.Outputs], stack.B(i), rows * slot.Outputs * sizeof(float));
        }
    }

    public Span<float> Gate(int rows)
    {
        if (_stack is null)
        {
            return [];
        }

        int width = Rows;
        if (Grow(ref _gate, (long)rows * width * sizeof(float)))
        {
            _boundGate = (-1, -1);
        }

        _gateRows = rows;
        if (_boundGate != (rows, width))
        {
            BindInput(_model.Gate!, TensorElementType.Float, [1, rows, width], _gate.Address, (long)rows * width * sizeof(float));
            _boundGate = (rows, width);
        }

        return _gate.Span<float>(0, rows * width);
    }

    public Span<float> Run(scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfZero(ids.Length);
        ArgumentOutOfRangeException.ThrowIfZero(logitsRows.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, Capacity - Length);
        if (_stack is not null && ((_gateRows != 1 && _gateRows != ids.Length) || _boundGate != (_gateRows, Rows)))
        {
            throw new InvalidOperationException($"The gate has {_gateRows} rows for {ids.Length} tokens; write it before the run.");
        }

        BindShapes(ids.Length, logitsRows.Length);
        Span<long> idsIn = _ids.Span<long>(0, ids.Length);
        for (int i = 0; i < ids.Length; i++)
        {
            idsIn[i] = ids[i];
        }

        Span<long> rowsIn = _logitsRows.Span<long>(0, logitsRows.Length);
        for (int i = 0; i < logitsRows.Length; i++)
        {
            rowsIn[i] = logitsRows[i];
        }

        int total = Length + ids.Length;
        _lengths.Span<int>(0, 1)[0] = total - 1;
        _lengths.Span<int>(64, 1)[0] = total;
        try
        {
            _backend.Session.RunWithBinding(_runOptions, _binding);
        }
        catch (OnnxRuntimeException error)
        {
            throw new DlpLoraException($"the model failed at positions {Length} to {total - 1} ({error.Message})", error);
        }

        Length = total;
        return _logits.Span<float>(0, logitsRows.Length * _model.VocabularySize);
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _binding.Dispose();
        _runOptions.Dispose();
        _cache.Dispose();
        _lengths.Dispose();
        _ids.Dispose();
        _logitsRows.Dispose();
        _logits.Dispose();
        _gate.Dispose();
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

    private void BindShapes(int ids, int logitsRows)
    {
        if (Grow(ref _ids, (long)ids * sizeof(long)) || _boundIds != ids)
        {
            BindInput(GraphNames.InputIds, TensorElementType.Int64, [1, ids], _ids.Address, (long)ids * sizeof(long));
            _boundIds = ids;
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

    private void BindFixed()
    {
        BindInput(GraphNames.PastLengths, TensorElementType.Int32, [1], _lengths.Address, sizeof(int));
        BindInput(GraphNames.TotalLength, TensorElementType.Int32, _backend.TotalLengthRank == 0 ? [] : [1], _lengths.Address + 64, sizeof(int));
    }

    private void BindCache(bool outputs)
    {
        long[] shape = [1, _model.KeyValueHeads, Capacity, _model.HeadSize];
        long bytes = (long)_model.KeyValueHeads * Capacity * _model.HeadSize * sizeof(float);
        nint address = _cache.Address;
        for (int layer = 0; layer < _model.Layers; layer++)
        {
            Bind(GraphNames.PastKey(layer), GraphNames.PresentKey(layer));
            Bind(GraphNames.PastValue(layer), GraphNames.PresentValue(layer));
        }

        void Bind(string past, string present)
        {
            using OrtValue value = View(TensorElementType.Float, shape, address, bytes);
            _binding.BindInput(past, value);
            if (outputs)
            {
                _binding.BindOutput(present, value);
            }

            address += (nint)bytes;
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
