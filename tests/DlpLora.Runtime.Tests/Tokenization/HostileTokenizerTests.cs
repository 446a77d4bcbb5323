using System.Text.Json.Nodes;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Tokenization;

/// <summary>A stranger's <c>tokenizer.json</c>: one typed error that names the JSON path.</summary>
[TestClass]
public sealed class HostileTokenizerTests
{
    [TestMethod]
    [DataRow("model.type", "\"WordPiece\"", "$.model", "WordPiece")]
    [DataRow("model.byte_fallback", "true", "$.model.byte_fallback", "support")]
    [DataRow("model.unk_token", "\"<unk>\"", "$.model.unk_token", "support")]
    [DataRow("model.dropout", "0.1", "$.model.dropout", "not 0")]
    [DataRow("model.end_of_word_suffix", "\"</w>\"", "$.model.end_of_word_suffix", "support")]
    [DataRow("model.surprise", "1", "$.model", "surprise")]
    [DataRow("model.vocab", "{}", "$.model.vocab", "0 tokens")]
    [DataRow("model.vocab.a", "-1", "$.model.vocab", "-1")]
    [DataRow("model.vocab.a", "98", "$.model.vocab", "another token")]
    [DataRow("model.vocab.a", "4194304", "$.model.vocab", "4194304")]
    [DataRow("model.vocab.a", "99999999999", "$.model.vocab", "99999999999")]
    [DataRow("model.vocab.a", "1.5", "$.model.vocab", "1.5")]
    [DataRow("model.vocab.a", "null", "$.model.vocab", "null")]
    [DataRow("model.merges", "3", "$.model.merges", "Number")]
    [DataRow("model.merges", "[\"h\"]", "$.model.merges", "two tokens")]
    [DataRow("model.merges", "[\"h e l\"]", "$.model.merges", "two tokens")]
    [DataRow("model.merges", "[\"h zz\"]", "$.model.merges", "vocabulary")]
    [DataRow("model.merges", "[\"a b\"]", "$.model.merges", "union")]
    [DataRow("model.merges", "[[\"h\",\"e\",\"l\"]]", "$.model.merges", "array of two")]
    [DataRow("model.merges", "[\"h e\",\"h e\"]", "$.model.merges", "already")]
    [DataRow("added_tokens", "{}", "$.added_tokens", "Object")]
    [DataRow("added_tokens.0.content", "\"\"", "$.added_tokens[0].content", "0 characters")]
    [DataRow("added_tokens.0.id", "-5", "$.added_tokens[0].id", "-5")]
    [DataRow("added_tokens.0.id", "97", "$.added_tokens[0]", "id 97")]
    [DataRow("added_tokens.1.content", "\"<|end|>\"", "$.added_tokens[1]", "already")]
    [DataRow("added_tokens.1.content", "\"hello\"", "$.added_tokens[1]", "vocabulary gives it 260")]
    [DataRow("added_tokens.1.special", "\"yes\"", "$.added_tokens[1].special", "true or false")]
    [DataRow("normalizer", "{\"type\":\"Lowercase\"}", "$.normalizer", "Lowercase")]
    [DataRow("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Odd\"}]}", "$.normalizer.normalizers[0]", "Odd")]
    [DataRow("pre_tokenizer", "null", "$", "pre_tokenizer")]
    [DataRow("pre_tokenizer", "{\"type\":\"Whitespace\"}", "$.pre_tokenizer", "Whitespace")]
    [DataRow("pre_tokenizer.add_prefix_space", "true", "$.pre_tokenizer", "add_prefix_space")]
    [DataRow("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[]}", "$.pre_tokenizer", "empty")]
    [DataRow("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(\"},\"behavior\":\"Isolated\"},{\"type\":\"ByteLevel\",\"add_prefix_space\":false}]}", "$.pre_tokenizer.pretokenizers[0].pattern.Regex", "regular expression")]
    [DataRow("pre_tokenizer", "{\"type\":\"Sequence\",\"pretokenizers\":[{\"type\":\"Split\",\"pattern\":{\"Regex\":\"a\"},\"behavior\":\"2\"},{\"type\":\"ByteLevel\",\"add_prefix_space\":false}]}", "$.pre_tokenizer.pretokenizers[0].behavior", "Isolated")]
    [DataRow("post_processor", "{\"type\":\"BertProcessing\"}", "$.post_processor", "BertProcessing")]
    [DataRow("post_processor.special_tokens", "{}", "$.post_processor.single[0].SpecialToken.id", "special_tokens")]
    [DataRow("post_processor.single", "[]", "$.post_processor", "no place")]
    [DataRow("decoder", "{\"type\":\"WordPiece\"}", "$.decoder", "WordPiece")]
    [DataRow("version", "\"2.0\"", "$.version", "2.0")]
    [DataRow("extra", "1", "$", "extra")]
    public void IsRefusedWithItsPlace(string place, string value, string path, string problem)
    {
        JsonObject json = TinyTokenizerJson.Create();
        string[] parts = place.Split('.');
        JsonNode node = json;
        foreach (string part in parts[..^1])
        {
            node = node is JsonArray array ? array[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : node[part]!;
        }

        node[parts[^1]] = JsonNode.Parse(value);
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => TinyTokenizerJson.Load(json));
        Assert.AreEqual(path, error.Place);
        StringAssert.Contains(error.Problem, problem);
    }

    [TestMethod]
    [DataRow("", DisplayName = "empty")]
    [DataRow("{", DisplayName = "truncated")]
    [DataRow("[]", DisplayName = "not an object")]
    [DataRow("{\"version\":\"1.0\",\"version\":\"1.0\"}", DisplayName = "duplicate property")]
    public void WhatIsNoTokenizerFileIsRefused(string content)
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, content);
        Assert.AreEqual(path, Assert.ThrowsExactly<InvalidFileException>(() => HuggingFaceTokenizer.Load(path)).Path);
        File.Delete(path);
    }

    [TestMethod]
    [DataRow("\"\\ud800\":300,", "$.model.vocab", DisplayName = "a token")]
    [DataRow("", "$.model.merges", DisplayName = "a merge")]
    public void HalfASurrogatePairIsRefused(string token, string place)
    {
        string path = Path.GetTempFileName();
        string json = TinyTokenizerJson.Create().ToJsonString().Replace("\"vocab\":{", $"\"vocab\":{{{token}", StringComparison.Ordinal);
        File.WriteAllText(path, json.Replace("\"merges\":[", "\"merges\":[\"h \\ud800\",", StringComparison.Ordinal));
        InvalidFileException error = Assert.ThrowsExactly<InvalidFileException>(() => HuggingFaceTokenizer.Load(path));
        Assert.AreEqual(place, error.Place);
        StringAssert.Contains(error.Problem, "Unicode");
        File.Delete(path);
    }

    [TestMethod]
    public void ADeepFileIsRefused()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, $"{{\"normalizer\":{string.Concat(Enumerable.Repeat("[", 5000))}");
        Assert.ThrowsExactly<InvalidFileException>(() => HuggingFaceTokenizer.Load(path));
        File.Delete(path);
    }

    [TestMethod]
    public void AMissingFileIsNamed() =>
        Assert.AreEqual("/nowhere/tokenizer.json", Assert.ThrowsExactly<InvalidFileException>(() => HuggingFaceTokenizer.Load("/nowhere/tokenizer.json")).Path);
}
