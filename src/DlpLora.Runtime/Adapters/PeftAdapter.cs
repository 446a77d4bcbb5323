using System.Buffers;
using System.Globalization;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using System.Text;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;
using DlpLora.Runtime.Safetensors;

namespace DlpLora.Runtime.Adapters;

/// <summary>
/// A PEFT folder opened against a model's slots: its configuration and the headers of its tensors are checked, its weights are not
/// read yet.
/// </summary>
internal sealed class PeftAdapter : IDisposable
{
    public const string WeightsFileName = "adapter_model.safetensors";

    private readonly SafetensorsFile _file;
    private readonly List<PlannedModule> _modules;

    private PeftAdapter(SafetensorsFile file, List<PlannedModule> modules)
    {
        _file = file;
        _modules = modules;
    }

    /// <summary>Opens and checks an adapter. Nothing but headers is read.</summary>
    /// <exception cref="InvalidFileException">A file is missing, damaged, or asks for something that this runtime does not compute.</exception>
    /// <exception cref="AdapterMismatchException">The adapter does not fit the slots.</exception>
    public static PeftAdapter Open(string folder, ModelManifest model)
    {
        PeftConfig config = PeftConfigReader.Read(folder);
        SafetensorsFile file = SafetensorsFile.Open(Path.Combine(folder, WeightsFileName));
        try
        {
            PeftTensorMap map = PeftTensorMap.Create(file);
            return new PeftAdapter(file, PeftPlan.Create(folder, config, map, model));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the weights into native memory, with the scale folded into B before anything is rounded.</summary>
    /// <param name="element">The form that the graph takes.</param>
    /// <param name="digest">Their digest, where it is known that the folder is as it was when it was computed; null to compute it.</param>
    /// <exception cref="InvalidFileException">A weight is NaN or infinite, or becomes so by the scale.</exception>
    public AdapterWeights Load(WeightElement element = WeightElement.Single, string? digest = null)
    {
        long bytes = 0;
        int rows = 0;
        foreach (PlannedModule module in _modules)
        {
            bytes = checked(bytes + ((long)module.Rank * (module.Inputs + module.Outputs) * element.Size()));
            rows = Math.Max(rows, module.Rank);
        }

        NativeBuffer buffer = NativeBuffer.Allocate(bytes, PagePool.Shared);
        try
        {
            using IncrementalHash? hash = digest is not null ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            AdapterWeights.ModuleWeights[] placed = new AdapterWeights.ModuleWeights[_modules.Count];
            long offset = 0;
            for (int i = 0; i < placed.Length; i++)
            {
                PlannedModule module = _modules[i];
                int a = module.Rank * module.Inputs * element.Size();
                int b = module.Rank * module.Outputs * element.Size();
                placed[i] = new AdapterWeights.ModuleWeights(module.Slot, module.Module, module.Rank, module.Inputs, module.Outputs, offset, offset + a);
                ReadModule(module, element, buffer.Span<byte>(offset, a), buffer.Span<byte>(offset + a, b), hash);
                offset += a + b;
            }

            return new AdapterWeights(buffer, element, placed, rows, digest ?? Convert.ToHexStringLower(hash!.GetHashAndReset()));
        }
        catch
        {
            buffer.Dispose();
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private void ReadModule(PlannedModule module, WeightElement element, Span<byte> a, Span<byte> b, IncrementalHash? hash)
    {
        // [rank, inputs], then [outputs, rank] and behind it [rank, outputs].
        int outputs = module.Rank * module.Outputs;
        float[] rented = ArrayPool<float>.Shared.Rent(Math.Max(module.Rank * module.Inputs, 2 * outputs));
        Span<float> rows = rented.AsSpan(0, module.Rank * module.Inputs);
        _file.ReadSingles(module.A, rows);
        CheckFinite(module.A, rows);
        element.Write(rows, module.Inputs, a);

        // PEFT's B is [outputs, rank]; a slot's is [rank, outputs].
        ReadOnlySpan<float> columns = rented.AsSpan(0, outputs);
        _file.ReadSingles(module.B, rented.AsSpan(0, outputs));
        rows = rented.AsSpan(outputs, outputs);
        float scale = (float)module.Scale;
        for (int row = 0; row < module.Rank; row++)
        {
            Span<float> target = rows.Slice(row * module.Outputs, module.Outputs);
            for (int column = 0; column < target.Length; column++)
            {
                target[column] = columns[(column * module.Rank) + row] * scale;
            }
        }

        CheckFinite(module.B, rows);
        element.Write(rows, module.Outputs, b);
        ArrayPool<float>.Shared.Return(rented);
        if (hash is null)
        {
            return;
        }

        // Over the numbers as they are stored, with all that turns them into those of the slots: half the bytes of their singles.
        string head = string.Create(
            CultureInfo.InvariantCulture,
            $"module:{module.Name}:{module.Rank}:{module.Inputs}:{module.Outputs}:{module.Scale:R}:{_file.Tensors[module.A].DataType}:{_file.Tensors[module.B].DataType}\n");
        hash.AppendData(Encoding.UTF8.GetBytes(head));
        hash.AppendData(_file.GetBytes(module.A));
        hash.AppendData(_file.GetBytes(module.B));
    }

    private void CheckFinite(string tensor, ReadOnlySpan<float> values)
    {
        if (!TensorPrimitives.IsFiniteAll(values))
        {
            throw new InvalidFileException(_file.Path, tensor, "holds NaN or infinity (after scaling); expected finite numbers");
        }
    }

    /// <summary>A module of the adapter that has its place in a slot.</summary>
    internal readonly record struct PlannedModule(
        string Name, int Slot, int Module, int Rank, int Inputs, int Outputs, double Scale, string A, string B);
}
