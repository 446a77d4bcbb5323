using DlpLora.OnnxExport.Folders;
using DlpLora.OnnxExport.Graphs;
using DlpLora.OnnxExport.Onnx;
using DlpLora.OnnxExport.Quantization;
using DlpLora.OnnxExport.Sources;
using DlpLora.Runtime;
using DlpLora.Runtime.Models;
using Google.Protobuf;

namespace DlpLora.OnnxExport;

/// <summary>Turns a GGUF file or a Hugging Face folder into a model folder with slots.</summary>
public static class ModelExporter
{
    private const string GraphFile = "model.onnx";
    private const string OperatorGraphFile = "model.operator.onnx";
    private const string DataFile = "model.onnx.data";
    private const string PackedSlots = "bfloat16";
    private const string OperatorDataFile = "model.operator.onnx.data";

    /// <summary>Exports a model. The folder is written whole or not at all.</summary>
    /// <param name="source">A GGUF file, or a Hugging Face folder with <c>config.json</c> and safetensors.</param>
    /// <param name="destination">The folder to create; a model folder that was written before is replaced, any other non-empty folder refused.</param>
    /// <param name="options">What to export; null for the defaults.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellationToken">Stops the export; nothing is left behind.</param>
    /// <returns>The manifest that was written.</returns>
    /// <exception cref="InvalidFileException">The source is damaged or of a kind that is not known, or the destination cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The export was cancelled.</exception>
    public static ModelManifest Export(
        string source, string destination, ExportOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new ExportOptions();
        ModelFolder.CheckTarget(Path.TrimEndingDirectorySeparator(Path.GetFullPath(destination)), source);
        using ModelSource model = ModelSource.Open(source);
        CheckWidths(model, options.Precision);
        List<ExportFinding> findings = SourceChecks.Run(model, f => progress?.Report(new ExportProgress("checking the source", 0.1 * f)), cancellationToken);
        if (findings.Count > 0)
        {
            string more = findings.Count > 1 ? $" ({findings.Count - 1} more findings)" : string.Empty;
            throw new InvalidFileException(findings[0].Path, findings[0].Place, findings[0].Problem + more);
        }

        ModelManifest? manifest = null;
        ModelFolder.Write(destination, source, folder => manifest = Fill(folder, model, options, progress, cancellationToken));
        progress?.Report(new ExportProgress("done", 1));
        return manifest!;
    }

    /// <summary>
    /// Exports a model unless the destination was made of the same source files (names, lengths, times), the same options and this
    /// version of the exporter. Several processes may call it for one destination at once: the first exports, the others wait and take its folder.
    /// </summary>
    /// <param name="source">A GGUF file, or a Hugging Face folder with <c>config.json</c> and safetensors.</param>
    /// <param name="destination">The folder; beside it stays an empty <c>.lock</c> file.</param>
    /// <param name="options">What to export; null for the defaults.</param>
    /// <param name="progress">Told of every step; not called when nothing is to be done.</param>
    /// <param name="cancellationToken">Stops the export or the wait for another process.</param>
    /// <returns>Whether the model was exported now.</returns>
    /// <exception cref="InvalidFileException">The source is damaged or of a kind that is not known, or the destination cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The export was cancelled.</exception>
    public static bool ExportIfStale(
        string source, string destination, ExportOptions? options = null, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentException.ThrowIfNullOrEmpty(destination);
        options ??= new ExportOptions();
        using FileStream held = FolderLock.Take(destination, cancellationToken);
        if (ExportStamp.Of(source, options).Matches(destination))
        {
            return false;
        }

        Export(source, destination, options, progress, cancellationToken);
        return true;
    }

    /// <summary>Reads and verifies a source as an export would, and writes nothing.</summary>
    /// <param name="source">A GGUF file, or a Hugging Face folder.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>What keeps the source from being exported; empty when nothing does.</returns>
    public static IReadOnlyList<ExportFinding> Check(
        string source, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        try
        {
            using ModelSource model = ModelSource.Open(source);
            return SourceChecks.Run(model, f => progress?.Report(new ExportProgress("checking the source", f)), cancellationToken);
        }
        catch (InvalidFileException error)
        {
            return [new ExportFinding(error.Path, error.Place, error.Problem)];
        }
    }

    private static ModelManifest Fill(
        string folder, ModelSource source, ExportOptions options, IProgress<ExportProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new ExportProgress("hashing the source", 0.1));
        string fingerprint = source.Fingerprint(cancellation);
        SlotPlan slots;
        ModelProto graph;
        using (FileStream data = new(Path.Combine(folder, DataFile), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
        {
            GraphBuilder builder = new(new ExternalData(data, DataFile));
            slots = new SlotPlan(builder, options.Slots);
            WeightLayout layout = options.Layout?.Invoke() ?? Layout(options.Precision);
            DecoderGraph decoder = new(builder, source, layout, slots, options.Form, fraction =>
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new ExportProgress("writing the weights", 0.15 + (0.75 * fraction)));
            });
            source.Family.Build(decoder);
            data.Flush(flushToDisk: true);
            graph = builder.Build(ExporterVersion.Text);
        }

        Write(folder, GraphFile, graph);

        // What an adapter loses in 16 bits vanishes beside what quantized weights have lost; an fp32 folder keeps its exact sums.
        bool packed = options.Precision != Precision.Fp32;
        bool hasOperators = WriteOperatorGraph(folder, graph, slots, packed);

        progress?.Report(new ExportProgress("writing the folder", 0.95));
        DecoderConfig config = source.Config;
        Runtime.Storage.AtomicFile.WriteText(Path.Combine(folder, GenAiConfig.FileName), GenAiConfig.Json(config, GraphFile));
        TokenizerFiles.Copy(source, folder);
        ModelManifest manifest = new()
        {
            Contract = ModelManifest.CurrentContract,
            BaseFingerprint = fingerprint,
            Architecture = config.Architecture,
            Precision = options.Precision.ToString().ToLowerInvariant(),
            Graph = GraphFile,
            OperatorGraph = hasOperators ? OperatorGraphFile : null,
            OperatorSlots = hasOperators && packed && slots.Slots.Count > 0 ? PackedSlots : null,
            VocabularySize = config.VocabularySize,
            HiddenSize = config.HiddenSize,
            Layers = config.Layers,
            AttentionHeads = config.AttentionHeads,
            KeyValueHeads = config.KeyValueHeads,
            HeadSize = config.HeadSize,
            ContextLength = config.ContextLength,
            BosTokenId = config.BosTokenId,
            EosTokenIds = config.EosTokenIds,
            Gate = slots.Gate,
            Slots = slots.Slots,
        };
        ExportStamp.Of(source.Path, options).Save(folder);
        manifest.Save(folder);
        return manifest;
    }

    /// <summary>Writes the graph with the runtime's own operators, and the weights in their layout, where there are any.</summary>
    private static bool WriteOperatorGraph(string folder, ModelProto plain, SlotPlan slots, bool packed)
    {
        string path = Path.Combine(folder, OperatorDataFile);
        ModelProto? graph;
        bool hasWeights;
        using (FileStream data = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20))
        {
            graph = OperatorGraph.Of(plain, slots, Path.Combine(folder, DataFile), new ExternalData(data, OperatorDataFile), packed);
            data.Flush(flushToDisk: true);
            hasWeights = data.Length > 0;
        }

        if (!hasWeights)
        {
            File.Delete(path);
        }

        if (graph is not null)
        {
            Write(folder, OperatorGraphFile, graph);
        }

        return graph is not null;
    }

    private static void Write(string folder, string name, ModelProto graph)
    {
        using FileStream stream = new(Path.Combine(folder, name), FileMode.CreateNew, FileAccess.Write);
        graph.WriteTo(stream);
        stream.Flush(flushToDisk: true);
    }

    private static void CheckWidths(ModelSource source, Precision precision)
    {
        DecoderConfig config = source.Config;
        foreach ((string name, int width) in (ReadOnlySpan<(string, int)>)
            [("hidden size", config.HiddenSize), ("query size", config.QuerySize), ("intermediate size", config.IntermediateSize)])
        {
            if (precision != Precision.Fp32 && width % BlockMatrix.DefaultBlockSize != 0)
            {
                throw new InvalidFileException(
                    source.Path, name, $"is {width}; expected a multiple of {BlockMatrix.DefaultBlockSize} for {precision}, or the precision fp32");
            }
        }
    }

    private static WeightLayout Layout(Precision precision) => precision switch
    {
        Precision.Fp32 => new SingleLayout(),
        Precision.Int8 => new BlockLayout(new Int8Encoder(), new Int8Encoder()),
        _ => new BlockLayout(new Int4Encoder(), new Int8Encoder()),
    };
}
