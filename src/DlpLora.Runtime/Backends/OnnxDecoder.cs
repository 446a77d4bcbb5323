using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Backends;

/// <summary>Rows of sequences in ONNX Runtime: one slab of KV cache, and a binding for each number of rows that ran together.</summary>
internal sealed class OnnxDecoder : IDecoder
{
    private readonly OnnxBackend _backend;
    private readonly KvSlab _cache;

    /// <summary>By the number of rows less one. The first serves reading too, so that a lone request binds its adapters once.</summary>
    private readonly List<OnnxBinding?> _bindings = [];

    private int[] _lengths;

    /// <summary>0, 1, 2 and so on: of each row's one token the logits are wanted.</summary>
    private int[] _all;

    private bool _disposed;

    public OnnxDecoder(OnnxBackend backend, int rows, int capacity)
    {
        _backend = backend;
        _cache = new KvSlab(backend.Model, rows, capacity);
        _lengths = new int[rows];
        _all = Count(rows);
    }

    public int Rows => _cache.Rows;

    public int Capacity => _cache.Capacity;

    public int Length(int row) => _lengths[row];

    public void Truncate(int row, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _lengths[row]);
        _lengths[row] = length;
    }

    public void Copy(int from, int to, int tokens)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfEqual(to, from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(tokens, _lengths[from]);
        _cache.Copy(from, to, tokens);
        _lengths[to] = tokens;
    }

    public void Swap(int row, int other)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (row != other)
        {
            _cache.Swap(row, other, Math.Max(_lengths[row], _lengths[other]));
            (_lengths[row], _lengths[other]) = (_lengths[other], _lengths[row]);
        }
    }

    public void Resize(int rows, int capacity)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ReadOnlySpan<int> kept = _lengths.AsSpan(0, Math.Min(rows, _lengths.Length));
        foreach (int length in kept)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(capacity, length);
        }

        _cache.Resize(rows, capacity, kept);
        Array.Resize(ref _lengths, rows);
        _all = Count(rows);
    }

    public Span<float> Bind(int rows, FusedStack? stack, int gateRows) => Binding(rows).Bind(stack, gateRows);

    public Span<float> Read(int row, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Length);
        ArgumentOutOfRangeException.ThrowIfZero(logitsRows.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, Capacity - _lengths[row]);
        Span<float> logits = Binding(1).Run(_cache, row, _lengths.AsSpan(row, 1), ids, logitsRows);
        _lengths[row] += ids.Length;
        return logits;
    }

    public Span<float> Decode(scoped ReadOnlySpan<int> ids)
    {
        ArgumentOutOfRangeException.ThrowIfZero(ids.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Length, Rows);
        Span<int> lengths = _lengths.AsSpan(0, ids.Length);
        foreach (int length in lengths)
        {
            ArgumentOutOfRangeException.ThrowIfZero(length);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(length, Capacity);
        }

        Span<float> logits = Binding(ids.Length).Run(_cache, 0, lengths, ids, _all.AsSpan(0, ids.Length));
        foreach (ref int length in lengths)
        {
            length++;
        }

        return logits;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        foreach (OnnxBinding? binding in _bindings)
        {
            binding?.Dispose();
        }

        _cache.Dispose();
    }

    private OnnxBinding Binding(int rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_bindings.Count < rows)
        {
            _bindings.Add(null);
        }

        return _bindings[rows - 1] ??= new OnnxBinding(_backend, rows);
    }

    private static int[] Count(int rows)
    {
        int[] all = new int[rows];
        for (int i = 0; i < rows; i++)
        {
            all[i] = i;
        }

        return all;
    }
}
