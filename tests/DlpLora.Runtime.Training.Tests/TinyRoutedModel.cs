using System.Text.Json;
using DlpLora.OnnxExport;
using DlpLora.Runtime.Tokenization;
using DlpLora.Testing;

namespace DlpLora.Runtime.Training.Tests;

/// <summary>A model folder of random weights with a token a byte, and an adapter for each label of <see cref="SyntheticTasks"/>.</summary>
internal sealed class TinyRoutedModel : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dlplora-retraining").FullName;

    public TinyRoutedModel()
    {
        string source = Path.Combine(_root, "source");
        TinyLlama.Write(source);
        string vocabulary = string.Join(',', Enumerable.Range(0, TinyLlama.Vocabulary)
            .Select(i => $"{JsonSerializer.Serialize(ByteAlphabet.CharacterOf((byte)i).ToString())}:{i}"));
        File.WriteAllText(Path.Combine(source, "tokenizer.json"), $$$"""
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
             "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true},
             "post_processor": null,
             "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
             "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
               "fuse_unk": false, "byte_fallback": false, "ignore_merges": false, "vocab": { {{{vocabulary}}} }, "merges": []}}
            """);
        File.WriteAllText(Path.Combine(source, "tokenizer_config.json"), """{"tokenizer_class": "PreTrainedTokenizerFast"}""");
        ModelExporter.Export(source, Folder, new ExportOptions { Precision = Precision.Fp32 });
        int seed = 1;
        foreach (string label in SyntheticTasks.Rows(1).Select(r => r.Label))
        {
            TinyLlama.WriteAdapter(Path.Combine(Adapters, label), seed++);
        }
    }

    public string Folder => Path.Combine(_root, "model");

    public string Adapters => Path.Combine(_root, "adapters");

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
