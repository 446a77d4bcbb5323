using System.Diagnostics;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;
using Microsoft.Extensions.Logging;

namespace DlpLora.Runtime.Fusion.Compression;

/// <summary>Replaces mixtures that are wider than a rank by one adapter of that rank, module by module the best there is. Kept by content.</summary>
/// <remarks>Thread-safe. One mixture at a time: two would take the cores from each other, and the second may be the same.</remarks>
internal sealed class MixtureCompressor(ModelManifest model, FusionCache cache, int maxRank, ILogger log) : IDisposable
{
    /// <summary>Squared singular values below this share of the largest are rounding, and take no row.</summary>
    private const double Rounding = 1e-24;

    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The adapter that stands for a mixture, with one owner added; null for a mixture that is not wider than the rank.</summary>
    /// <param name="content">The mixture's content: equal for equal weights.</param>
    /// <param name="adapters">Its adapters with their weights, each content once, in an order that follows from the content.</param>
    /// <param name="cancellation">Looked at between modules.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public CompressedMixture? Acquire(string content, ReadOnlySpan<(AdapterWeights Weights, float Factor)> adapters, CancellationToken cancellation)
    {
        int rows = 0;
        foreach ((AdapterWeights weights, _) in adapters)
        {
            rows = checked(rows + weights.Rows);
        }

        if (rows <= maxRank)
        {
            return null;
        }

        string digest = $"rank-{maxRank}:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";
        string key = CompressedMixture.KeyOf(digest);
        if (cache.TryAcquire<CompressedMixture>(key) is { } kept)
        {
            return kept;
        }

        _one.Wait(cancellation);
        try
        {
            return cache.TryAcquire<CompressedMixture>(key) ?? cache.Keep(Compress(digest, rows, adapters, cancellation));
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>To be called when no request is left.</summary>
    public void Dispose() => _one.Dispose();

    private CompressedMixture Compress(
        string digest, int rows, ReadOnlySpan<(AdapterWeights Weights, float Factor)> adapters, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        WeightElement element = adapters[0].Weights.Element;
        List<Module> modules = Modules(adapters);
        LowRankProduct product = new(rows, modules.Max(m => m.Inputs), modules.Max(m => m.Outputs));
        NativeBuffer buffer = NativeBuffer.Allocate(modules.Sum(m => (long)Math.Min(maxRank, m.Rank) * (m.Inputs + m.Outputs) * element.Size()));
        float[] singles = new float[maxRank * modules.Max(m => Math.Max(m.Inputs, m.Outputs)) * 2];
        try
        {
            List<AdapterWeights.ModuleWeights> placed = [];
            long offset = 0;
            (double Lost, double All) sum = default;
            (double Error, string Name) worst = (0, string.Empty);
            foreach (Module module in modules)
            {
                cancellation.ThrowIfCancellationRequested();
                Fill(product, module, adapters);
                product.Decompose(cancellation);
                ReadOnlySpan<double> squares = product.Squares;
                int rank = Math.Min(maxRank, Significant(squares));
                double all = TensorPrimitives.Sum(squares);
                double lost = TensorPrimitives.Sum(squares[rank..]);
                sum = (sum.Lost + lost, sum.All + all);
                if (rank == 0)
                {
                    continue;
                }

                double error = Math.Sqrt(lost / all);
                worst = worst.Name.Length == 0 || error > worst.Error ? (error, model.Slots[module.Slot].Modules[module.Index].Name) : worst;
                Span<float> a = singles.AsSpan(0, rank * module.Inputs);
                Span<float> b = singles.AsSpan(singles.Length / 2, rank * module.Outputs);
                product.Write(rank, a, b);
                (int aBytes, int bBytes) = (a.Length * element.Size(), b.Length * element.Size());
                placed.Add(new AdapterWeights.ModuleWeights(module.Slot, module.Index, rank, module.Inputs, module.Outputs, offset, offset + aBytes));
                element.Write(a, module.Inputs, buffer.Span<byte>(offset, aBytes));
                element.Write(b, module.Outputs, buffer.Span<byte>(offset + aBytes, bBytes));
                offset += aBytes + bBytes;
            }

            MixtureCompression report = new()
            {
                MixtureRank = rows,
                Rank = placed.Count == 0 ? 0 : placed.Max(m => m.Rank),
                Error = sum.All == 0 ? 0 : Math.Sqrt(sum.Lost / sum.All),
                WorstModuleError = worst.Error,
                WorstModule = worst.Name,
            };
            log.Compressed(adapters.Length, report.MixtureRank, report.Rank, report.Error, report.WorstModuleError, report.WorstModule, Stopwatch.GetElapsedTime(started).TotalMilliseconds);

            // A stack has at least one row.
            return new CompressedMixture(new AdapterWeights(buffer, element, [.. placed], Math.Max(1, report.Rank), digest), report);
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    /// <summary>The modules that any of the adapters changes, in the order of the slots, with the rows of all adapters together.</summary>
    private static List<Module> Modules(ReadOnlySpan<(AdapterWeights Weights, float Factor)> adapters)
    {
        SortedDictionary<(int Slot, int Index), Module> modules = [];
        foreach ((AdapterWeights weights, _) in adapters)
        {
            foreach (AdapterWeights.ModuleWeights module in weights.Modules)
            {
                (int, int) place = (module.Slot, module.Module);
                int rank = modules.TryGetValue(place, out Module known) ? known.Rank : 0;
                modules[place] = new Module(module.Slot, module.Module, rank + module.Rank, module.Inputs, module.Outputs);
            }
        }

        return [.. modules.Values];
    }

    /// <summary>Stacks a module's A and B of all adapters, each B with its adapter's weight.</summary>
    private static void Fill(LowRankProduct product, in Module module, ReadOnlySpan<(AdapterWeights Weights, float Factor)> adapters)
    {
        product.Begin(module.Rank, module.Inputs, module.Outputs);
        Span<double> a = product.A;
        Span<double> b = product.B;
        foreach ((AdapterWeights weights, float factor) in adapters)
        {
            foreach (AdapterWeights.ModuleWeights part in weights.Modules)
            {
                if (part.Slot == module.Slot && part.Module == module.Index)
                {
                    float[] rows = weights.A(part);
                    TensorPrimitives.ConvertTruncating<float, double>(rows, a);
                    a = a[rows.Length..];
                    float[] columns = weights.B(part);
                    TensorPrimitives.ConvertTruncating<float, double>(columns, b);
                    TensorPrimitives.Multiply(b[..columns.Length], factor, b);
                    b = b[columns.Length..];
                }
            }
        }
    }

    private static int Significant(ReadOnlySpan<double> squares)
    {
        int count = 0;
        while (count < squares.Length && squares[count] > Rounding * squares[0])
        {
            count++;
        }

        return count;
    }

    /// <summary>A module of a slot.</summary>
    /// <param name="Slot">The slot's index in the manifest.</param>
    /// <param name="Index">The module's index in the slot.</param>
    /// <param name="Rank">The rows of all adapters.</param>
    /// <param name="Inputs">Width of A.</param>
    /// <param name="Outputs">Width of B.</param>
    private readonly record struct Module(int Slot, int Index, int Rank, int Inputs, int Outputs);
}
