using System.Runtime.InteropServices;

namespace DlpLora.Benchmarks.Peers;

/// <summary>
/// The part of llama.cpp's C interface that the comparison needs, of the version that node-llama-cpp 3.22.1 brings (llama.cpp v0.5.0). The
/// structs have that version's layout and no other's.
/// </summary>
internal static unsafe partial class LlamaNative
{
    public const string Package = "@node-llama-cpp/linux-x64@3.22.1";

    private const string Llama = "llama";
    private const string Ggml = "ggml";

    /// <summary>Where <c>npm install --prefix artifacts/peers</c> puts the libraries.</summary>
    private static string Folder { get; } = Path.Combine(
        BenchmarkPaths.Artifacts, "peers", "node_modules", "@node-llama-cpp", "linux-x64", "bins", "linux-x64");

    /// <summary>Finds and starts the library. False where it is not installed.</summary>
    public static bool TryStart()
    {
        string llama = Path.Combine(Folder, "libllama.v0.5.0.so");
        string ggml = Path.Combine(Folder, "libggml.v0.5.0.so");
        if (!File.Exists(llama) || !File.Exists(ggml))
        {
            return false;
        }

        NativeLibrary.SetDllImportResolver(
            typeof(LlamaNative).Assembly,
            (name, _, _) => name switch
            {
                Llama => NativeLibrary.Load(llama),
                Ggml => NativeLibrary.Load(ggml),
                _ => 0,
            });
        SetLog(&Silent, 0);

        // Picks the build of the CPU kernels that suits this processor best.
        LoadBackends(Folder);
        StartBackend();
        return true;
    }

    [LibraryImport(Llama, EntryPoint = "llama_model_default_params")]
    public static partial ModelParameters DefaultModel();

    [LibraryImport(Llama, EntryPoint = "llama_context_default_params")]
    public static partial ContextParameters DefaultContext();

    [LibraryImport(Llama, EntryPoint = "llama_model_load_from_file", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint LoadModel(string path, ModelParameters parameters);

    [LibraryImport(Llama, EntryPoint = "llama_model_free")]
    public static partial void FreeModel(nint model);

    [LibraryImport(Llama, EntryPoint = "llama_init_from_model")]
    public static partial nint CreateContext(nint model, ContextParameters parameters);

    [LibraryImport(Llama, EntryPoint = "llama_free")]
    public static partial void FreeContext(nint context);

    [LibraryImport(Llama, EntryPoint = "llama_adapter_lora_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint LoadAdapter(nint model, string path);

    [LibraryImport(Llama, EntryPoint = "llama_set_adapters_lora")]
    public static partial int SetAdapters(nint context, nint* adapters, nuint count, float* scales);

    [LibraryImport(Llama, EntryPoint = "llama_get_memory")]
    public static partial nint Memory(nint context);

    [LibraryImport(Llama, EntryPoint = "llama_memory_clear")]
    public static partial void Clear(nint memory, byte data);

    [LibraryImport(Llama, EntryPoint = "llama_decode")]
    public static partial int Decode(nint context, Batch batch);

    [LibraryImport(Llama, EntryPoint = "llama_get_logits_ith")]
    public static partial float* Logits(nint context, int index);

    [LibraryImport(Llama, EntryPoint = "llama_model_get_vocab")]
    public static partial nint Vocabulary(nint model);

    [LibraryImport(Llama, EntryPoint = "llama_vocab_n_tokens")]
    public static partial int VocabularySize(nint vocabulary);

    [LibraryImport(Llama, EntryPoint = "llama_backend_init")]
    private static partial void StartBackend();

    [LibraryImport(Llama, EntryPoint = "llama_log_set")]
    private static partial void SetLog(delegate* unmanaged[Cdecl]<int, byte*, nint, void> callback, nint data);

    [LibraryImport(Ggml, EntryPoint = "ggml_backend_load_all_from_path", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void LoadBackends(string folder);

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static void Silent(int level, byte* text, nint data)
    {
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ModelParameters
    {
        public nint Devices;
        public nint BufferOverrides;
        public int GpuLayers;
        public int SplitMode;
        public int LoadMode;
        public int LazyMode;
        public int MainGpu;
        public nint TensorSplit;
        public nint Progress;
        public nint ProgressData;
        public nint Overrides;
        public fixed byte Flags[6];
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ContextParameters
    {
        public uint Context;
        public uint LogicalBatch;
        public uint PhysicalBatch;
        public uint Sequences;
        public uint RecurrentSnapshots;
        public uint Outputs;
        public uint OutputsPerSequence;
        public int Threads;
        public int BatchThreads;
        public fixed int Kinds[5];
        public fixed float Rope[6];
        public uint OriginalContext;
        public float Defragmentation;
        public nint Evaluated;
        public nint EvaluatedData;
        public int KeyType;
        public int ValueType;
        public nint Abort;
        public nint AbortData;
        public fixed byte Flags[6];
        public nint Samplers;
        public nuint SamplerCount;
        public nint Other;
    }

    /// <summary>Tokens with their places; all arrays of <see cref="Count"/>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Batch
    {
        public int Count;
        public int* Tokens;
        public float* Embeddings;
        public int* Positions;
        public int* SequenceCounts;
        public int** Sequences;
        public byte* Logits;
    }
}
