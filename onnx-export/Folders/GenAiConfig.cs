using System.Buffers;
using System.Text;
using System.Text.Json;
using DlpLora.OnnxExport.Sources;

namespace DlpLora.OnnxExport.Folders;

/// <summary>Writes <c>genai_config.json</c>, which names the graph's inputs and the model's shape in ONNX Runtime GenAI's words.</summary>
internal static class GenAiConfig
{
    public const string FileName = "genai_config.json";

    public static string Json(DecoderConfig config, string graph)
    {
        int eos = config.EosTokenIds is [int first, ..] ? first : 0;
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteStartObject("model");
            json.WriteNumber("bos_token_id", config.BosTokenId ?? eos);
            json.WriteNumber("context_length", config.ContextLength);
            json.WriteStartObject("decoder");
            json.WriteStartObject("session_options");
            json.WriteString("log_id", "onnxruntime-genai");
            json.WriteStartArray("provider_options");
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteString("filename", graph);
            json.WriteNumber("head_size", config.HeadSize);
            json.WriteNumber("hidden_size", config.HiddenSize);
            json.WriteStartObject("inputs");
            json.WriteString("input_ids", "input_ids");
            json.WriteString("past_key_names", "past_key_values.%d.key");
            json.WriteString("past_value_names", "past_key_values.%d.value");
            json.WriteEndObject();
            json.WriteStartObject("outputs");
            json.WriteString("logits", "logits");
            json.WriteString("present_key_names", "present.%d.key");
            json.WriteString("present_value_names", "present.%d.value");
            json.WriteEndObject();
            json.WriteNumber("num_attention_heads", config.AttentionHeads);
            json.WriteNumber("num_hidden_layers", config.Layers);
            json.WriteNumber("num_key_value_heads", config.KeyValueHeads);
            json.WriteEndObject();
            WriteEos(json, eos, config.EosTokenIds);
            json.WriteNumber("pad_token_id", eos);
            json.WriteString("type", config.Architecture);
            json.WriteNumber("vocab_size", config.VocabularySize);
            json.WriteEndObject();
            json.WriteStartObject("search");
            json.WriteBoolean("do_sample", false);
            json.WriteNumber("max_length", config.ContextLength);
            json.WriteNumber("num_beams", 1);
            json.WriteBoolean("past_present_share_buffer", true);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteEos(Utf8JsonWriter json, int eos, IReadOnlyList<int> ids)
    {
        if (ids.Count <= 1)
        {
            json.WriteNumber("eos_token_id", eos);
            return;
        }

        json.WriteStartArray("eos_token_id");
        foreach (int id in ids)
        {
            json.WriteNumberValue(id);
        }

        json.WriteEndArray();
    }
}
