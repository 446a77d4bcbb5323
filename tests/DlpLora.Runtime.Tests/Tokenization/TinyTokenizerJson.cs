using System.Text.Json;
using System.Text.Json.Nodes;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Tokenization;

/// <summary>A small, valid <c>tokenizer.json</c> that tests change and damage: one token a byte, a few merges, two added tokens.</summary>
internal static class TinyTokenizerJson
{
    public const int HelloId = 260;

    public static JsonObject Create()
    {
        JsonObject vocabulary = [];
        for (int value = 0; value < 256; value++)
        {
            vocabulary.Add(ByteAlphabet.CharacterOf((byte)value).ToString(), value);
        }

        string[] merged = ["he", "ll", "hell", "lo", "hello"];
        for (int i = 0; i < merged.Length; i++)
        {
            vocabulary.Add(merged[i], 256 + i);
        }

        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(Added(270, "<|end|>", special: true), Added(271, "<|end|>more", special: true), Added(272, "<tool>", special: false)),
            ["normalizer"] = null,
            ["pre_tokenizer"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""),
            ["post_processor"] = JsonNode.Parse("""
                {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<|end|>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[],
                 "special_tokens":{"<|end|>":{"id":"<|end|>","ids":[270],"tokens":["<|end|>"]}}}
                """),
            ["decoder"] = JsonNode.Parse("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}"""),
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray("h e", "l l", "he ll", new JsonArray("l", "o"), "hell o"),
            },
        };
    }

    public static JsonObject Added(int id, string content, bool special, bool single = false, bool left = false, bool right = false, bool normalized = false) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = single,
        ["lstrip"] = left,
        ["rstrip"] = right,
        ["normalized"] = normalized,
        ["special"] = special,
    };

    public static HuggingFaceTokenizer Load(JsonObject json)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json.ToJsonString(new JsonSerializerOptions { MaxDepth = 256 }));
            return HuggingFaceTokenizer.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
