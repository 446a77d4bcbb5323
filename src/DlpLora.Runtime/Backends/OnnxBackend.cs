using System.Runtime.InteropServices;
using DlpLora.Runtime.Backends.CustomOperators;
using DlpLora.Runtime.Diagnostics;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;
using Microsoft.ML.OnnxRuntime;

namespace DlpLora.Runtime.Backends;

/// <summary>A model folder in ONNX Runtime, on the CPU.</summary>
internal sealed class OnnxBackend : IDecoderBackend
{
    private readonly InferenceSession _session;
    private readonly OperatorDomain _operators;

    private OnnxBackend(InferenceSession session, OperatorDomain operators, ModelManifest model, EmbeddingPages? embedding)
    {
        Embedding = embedding;
        _session = session;
        _operators = operators;
        Model = model;
        TotalLengthRank = session.InputMetadata[GraphNames.TotalLength].Dimensions.Length;
    }

    public ModelManifest Model { get; }

    public InferenceSession Session => _session;

    /// <summary>The mapped rows of the embedding; null where the file has what every token needs as well.</summary>
    public EmbeddingPages? Embedding { get; }

    /// <summary>0 where the graph takes the total length as a scalar, 1 where as [1].</summary>
    public int TotalLengthRank { get; }

    /// <summary>Loads the graph and holds it against the manifest.</summary>
    /// <param name="folder">The checked model folder.</param>
    /// <param name="threads">Threads inside one run; null for the number of physical cores.</param>
    /// <param name="spinning">Whether they spin between operators.</param>
    /// <exception cref="InvalidFileException">The graph cannot be loaded, or is not the one that the manifest describes.</exception>
    /// <exception cref="NativeLibraryException">ONNX Runtime's native library was not found.</exception>
    public static OnnxBackend Load(ModelFolder folder, int? threads, bool spinning)
    {
        OnnxNative.EnsureLoaded();
        int used = threads ?? ProcessorTopology.UsablePhysicalCores;
        OperatorDomain operators = CreateOperators(used);
        InferenceSession? session = null;
        try
        {
            using SessionOptions options = CreateOptions(used, spinning);
            operators.AddTo(options);
            session = new InferenceSession(folder.GraphPath, options);
            OnnxGraphContract.Check(folder, session);

            // The weights were read once, to be repacked. Of the file only the rows of the embedding are needed from now on.
            MappedPages.Find(folder.Location).Release();
            return new OnnxBackend(session, operators, folder.Manifest, EmbeddingPages.Of(folder));
        }
        catch (Exception error)
        {
            session?.Dispose();
            operators.Dispose();
            if (session is null && error is OnnxRuntimeException)
            {
                throw new InvalidFileException(
                    folder.GraphPath, string.Empty, $"is not a graph that ONNX Runtime {OnnxNative.Version} can load ({error.Message})", error);
            }

            throw;
        }
    }

    public IDecoder CreateDecoder(int rows, int capacity) => new OnnxDecoder(this, rows, capacity);

    public void Dispose()
    {
        _session.Dispose();
        _operators.Dispose();
    }

    private static OperatorDomain CreateOperators(int threads)
    {
        try
        {
            return new OperatorDomain(threads);
        }
        catch (TypeInitializationException error)
        {
            // The native library's functions are looked up once; what fails there comes wrapped.
            throw error.InnerException as DlpLoraException ?? new NativeLibraryException(
                OnnxNative.Library, OnnxNative.Package, RuntimeInformation.RuntimeIdentifier, OnnxNative.SearchedPaths(), error.InnerException);
        }
    }

    private static SessionOptions CreateOptions(int threads, bool spinning)
    {
        SessionOptions options = new()
        {
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,

            // Patterns are kept a shape, so memory would grow with every new prompt length; measured to gain nothing.
            EnableMemoryPattern = false,
            EnableCpuMemArena = true,

            // Below an error it only warns, slot by slot, that overridable initializers can be overridden.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", spinning ? "1" : "0");
        return options;
    }
}
