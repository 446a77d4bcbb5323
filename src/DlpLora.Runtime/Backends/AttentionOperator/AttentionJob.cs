using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Backends.AttentionOperator;

/// <summary>The attention of one run of the model, split over the session's threads. Each takes the next unit until none is left, since units differ in their work.</summary>
internal unsafe struct AttentionJob
{
    /// <summary>Products of two numbers, and new tokens of a row, below which a second thread costs more than it saves (estimated).</summary>
    private const double ProductsOfThread = 96 << 10;
    private const int TokensOfThread = 64;

    private AttentionCall _call;
    private int _parts;

    /// <summary>Query rows of a unit, and units of a row's key/value head.</summary>
    private int _tile;
    private int _tiles;
    private int _next;

    private static int Panel => Lanes512.IsSupported ? QueryPanel<Lanes512, Vector512<float>>.Width : QueryPanel<Lanes256, Vector256<float>>.Width;

    private static int MostRows => Lanes512.IsSupported ? QueryRows<Lanes512, Vector512<float>>.Most : QueryRows<Lanes256, Vector256<float>>.Most;

    private readonly int Heads => _call.Batch * _call.KeyValueHeads;

    /// <summary>Appends the new keys and values, and attends to all.</summary>
    /// <param name="context">The run, which has the threads.</param>
    /// <param name="call">The run.</param>
    /// <param name="threads">The session's threads.</param>
    /// <returns>A status.</returns>
    public static nint Run(nint context, in AttentionCall call, int threads)
    {
        AttentionJob job = new() { _call = call };
        nint status = job.Split(context, &Append, call.Batch * call.Sequence / TokensOfThread, threads);
        if (status != 0)
        {
            return status;
        }

        int rows = call.Sequence * call.Group;
        if (rows == 0)
        {
            return 0;
        }

        double products = job.Products();
        bool halves = job.Heads < 2 * threads && products > 2 * ProductsOfThread;
        job._tile = rows > MostRows ? Panel : halves ? (rows + 1) / 2 : rows;
        job._tiles = (rows + job._tile - 1) / job._tile;
        return job.Split(context, &Attend, (int)Math.Min(int.MaxValue, products / ProductsOfThread), Math.Min(threads, job.Heads * job._tiles));
    }

    [UnmanagedCallersOnly]
    private static void Append(void* job, nuint part) => ((AttentionJob*)job)->Append((int)part);

    [UnmanagedCallersOnly]
    private static void Attend(void* job, nuint part) => ((AttentionJob*)job)->Attend();

    private nint Split(nint context, delegate* unmanaged<void*, nuint, void> part, int parts, int most)
    {
        _parts = Math.Clamp(parts, 1, Math.Max(1, most));
        fixed (AttentionJob* job = &this)
        {
            return OrtFunctions.Parallel(context, part, _parts, job);
        }
    }

    private readonly double Products()
    {
        double products = 0;
        for (int row = 0; row < _call.Batch; row++)
        {
            products += _call.Tokens(row) * (_call.Past(row) + (_call.Tokens(row) / 2.0));
        }

        return products * 2 * _call.Heads * _call.HeadSize;
    }

    private readonly void Append(int part)
    {
        (int from, int to) = WorkShare.Of(_call.Batch * _call.Sequence, _parts, part, 1);
        for (int i = from; i < to; i++)
        {
            (int row, int token) = Math.DivRem(i, _call.Sequence);
            if (token < _call.Tokens(row))
            {
                _call.Append(row, token);
            }
        }
    }

    private void Attend()
    {
        int queries = Math.Max(Panel, MostRows);
        long bytes = AttentionScratch.Bytes(queries, _call.HeadSize);
        bool onStack = bytes <= WorkShare.StackBytes;
        byte* stack = stackalloc byte[onStack ? (int)bytes : 0];
        byte* memory = onStack ? stack : (byte*)NativeMemory.Alloc((nuint)bytes);
        AttentionScratch scratch = new(memory, queries, _call.HeadSize);
        int units = Heads * _tiles;
        for (int unit = Interlocked.Increment(ref _next) - 1; unit < units; unit = Interlocked.Increment(ref _next) - 1)
        {
            Attend(unit, scratch);
        }

        if (!onStack)
        {
            NativeMemory.Free(memory);
        }
    }

    private readonly void Attend(int index, in AttentionScratch scratch)
    {
        // Head by head, whose keys and values so stay in the caches; of each the last query rows first, which see most.
        (int head, int tile) = Math.DivRem(index, _tiles);
        (int row, head) = Math.DivRem(head, _call.KeyValueHeads);
        int first = (_tiles - 1 - tile) * _tile;
        int count = Math.Min(_tile, (_call.Tokens(row) * _call.Group) - first);
        if (count <= 0)
        {
            return;
        }

        AttentionUnit unit = new(row, head, first, count);
        bool few = _tile <= MostRows;
        if (Lanes512.IsSupported)
        {
            if (few)
            {
                QueryRows<Lanes512, Vector512<float>>.Run(_call, unit, scratch);
            }
            else
            {
                QueryPanel<Lanes512, Vector512<float>>.Run(_call, unit, scratch);
            }
        }
        else if (few)
        {
            QueryRows<Lanes256, Vector256<float>>.Run(_call, unit, scratch);
        }
        else
        {
            QueryPanel<Lanes256, Vector256<float>>.Run(_call, unit, scratch);
        }
    }
}
