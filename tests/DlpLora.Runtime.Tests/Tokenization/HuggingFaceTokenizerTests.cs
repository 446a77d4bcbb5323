using System.Text.Json.Nodes;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Tokenization;

[TestClass]
public sealed class HuggingFaceTokenizerTests
{
    [TestMethod]
    public void MergesInTheFilesOrder()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        CollectionAssert.AreEqual(new[] { TinyTokenizerJson.HelloId }, tokenizer.Encode("hello"));
        CollectionAssert.AreEqual(new[] { 258 }, tokenizer.Encode("hell"));
        CollectionAssert.AreEqual(new[] { 256, 259 }, tokenizer.Encode("helo"));
        Assert.AreEqual(273, tokenizer.VocabularySize);
    }

    [TestMethod]
    public void ThePostProcessorAddsItsTokensOnDemand()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        CollectionAssert.AreEqual(new[] { 270, TinyTokenizerJson.HelloId }, tokenizer.Encode("hello", addSpecialTokens: true));
        EncodedText encoded = tokenizer.EncodeWithOffsets("hello", addSpecialTokens: true, literalRanges: null);
        CollectionAssert.AreEqual(new[] { new TextRange(0, 0), new TextRange(0, 5) }, encoded.Offsets);
    }

    [TestMethod]
    public void TheLongestAddedTokenWins()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        CollectionAssert.AreEqual(new[] { 271, 270, (int)'m' }, tokenizer.Encode("<|end|>more<|end|>m"));
    }

    [TestMethod]
    public void ControlTokensAreOnlyParsedOnDemand()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        int[] ids = tokenizer.Encode("<|end|><tool>", parseSpecialTokens: false);
        Assert.DoesNotContain(270, ids);
        Assert.Contains(272, ids);
        Assert.AreEqual("<|end|><tool>", tokenizer.Decode(ids, skipSpecialTokens: true));
    }

    [TestMethod]
    public void AnAddedTokenThatBeginsInALiteralRangeIsText()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        const string Text = "<|end|>a<|end|>b<|end|>";
        EncodedText encoded = tokenizer.EncodeWithOffsets(Text, addSpecialTokens: false, [new TextRange(8, 9)]);
        Assert.AreEqual(2, encoded.Ids.Count(id => id == 270));
        Assert.AreEqual(new TextRange(0, 7), encoded.Offsets[0]);
        Assert.AreEqual(new TextRange(16, 23), encoded.Offsets[^1]);
        Assert.AreEqual(Text, tokenizer.Decode(encoded.Ids));
    }

    [TestMethod]
    public void AddedTokensSwallowWhitespaceAndKeepToWordsAsTheySay()
    {
        JsonObject json = TinyTokenizerJson.Create();
        JsonArray added = (JsonArray)json["added_tokens"]!;
        added.Add(TinyTokenizerJson.Added(280, "LEFT", special: false, left: true));
        added.Add(TinyTokenizerJson.Added(281, "RIGHT", special: false, right: true));
        added.Add(TinyTokenizerJson.Added(282, "WORD", special: false, single: true));
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(json);
        EncodedText left = tokenizer.EncodeWithOffsets("a  LEFT b", false, null);
        Assert.AreEqual(new TextRange(1, 7), left.Offsets[1]);
        EncodedText right = tokenizer.EncodeWithOffsets("RIGHT  b", false, null);
        Assert.AreEqual(new TextRange(0, 7), right.Offsets[0]);
        Assert.Contains(282, tokenizer.Encode("a WORD."));
        Assert.DoesNotContain(282, tokenizer.Encode("aWORD"));
        Assert.DoesNotContain(282, tokenizer.Encode("WORDs"));
    }

    [TestMethod]
    public void ANormalizedAddedTokenIsFoundInTheNormalizedText()
    {
        JsonObject json = TinyTokenizerJson.Create();
        json["normalizer"] = JsonNode.Parse("""{"type":"Sequence","normalizers":[{"type":"NFC"}]}""");
        ((JsonArray)json["added_tokens"]!).Add(TinyTokenizerJson.Added(280, "caf\u00e9", special: false, normalized: true));
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(json);
        EncodedText encoded = tokenizer.EncodeWithOffsets("x cafe\u0301 y", false, null);
        int place = Array.IndexOf(encoded.Ids, 280);
        Assert.AreEqual(new TextRange(2, 7), encoded.Offsets[place], "the offsets are those of the caller's text");
        Assert.AreEqual("x caf\u00e9 y", tokenizer.Decode(encoded.Ids));
    }

    [TestMethod]
    public void IgnoreMergesTakesAWholePreTokenFromTheVocabulary()
    {
        JsonObject json = TinyTokenizerJson.Create();
        ((JsonObject)json["model"]!["vocab"]!).Add("xyz", 300);
        CollectionAssert.AreEqual("xyz".Select(c => (int)c).ToArray(), TinyTokenizerJson.Load(json).Encode("xyz"));
        json["model"]!["ignore_merges"] = true;
        CollectionAssert.AreEqual(new[] { 300 }, TinyTokenizerJson.Load(json).Encode("xyz"));
    }

    [TestMethod]
    public void AByteWithoutATokenIsLeftOutAsTheReferenceDoes()
    {
        JsonObject json = TinyTokenizerJson.Create();
        ((JsonObject)json["model"]!["vocab"]!).Remove("x");
        EncodedText encoded = TinyTokenizerJson.Load(json).EncodeWithOffsets("axb", false, null);
        CollectionAssert.AreEqual(new[] { (int)'a', 'b' }, encoded.Ids);
        CollectionAssert.AreEqual(new[] { new TextRange(0, 1), new TextRange(2, 3) }, encoded.Offsets);
    }

    [TestMethod]
    public void IdsThatNoTokenHasDecodeToNothingAndNegativeOnesAreRefused()
    {
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(TinyTokenizerJson.Create());
        Assert.AreEqual("hello", tokenizer.Decode([265, TinyTokenizerJson.HelloId, 100_000]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tokenizer.Decode([-1]));
        Assert.IsNull(tokenizer.TokenOf(265));
        Assert.IsTrue(tokenizer.IsSpecial(270));
        Assert.IsFalse(tokenizer.IsSpecial(272));
        Assert.IsTrue(tokenizer.TryGetTokenId("hello", out int id));
        Assert.AreEqual(TinyTokenizerJson.HelloId, id);
        CollectionAssert.AreEqual(new[] { "<|end|>", "<|end|>more" }, tokenizer.ControlTokens.ToArray());
    }

    [TestMethod]
    [DataRow("Isolated", "a|-|b|-|-|c")]
    [DataRow("Removed", "a|b|c")]
    [DataRow("MergedWithPrevious", "a-|b-|-|c")]
    [DataRow("MergedWithNext", "a|-b|-|-c")]
    [DataRow("Contiguous", "a|-|b|--|c")]
    public void SplitKeepsWhatItsBehaviorSays(string behavior, string expected)
    {
        JsonObject json = TinyTokenizerJson.Create();
        json["pre_tokenizer"] = JsonNode.Parse($$"""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"String":"-"},"behavior":"{{behavior}}","invert":false},
             {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """);
        JsonObject vocabulary = (JsonObject)json["model"]!["vocab"]!;
        string[] pieces = ["a-", "b-", "-b", "-c", "--"];
        for (int i = 0; i < pieces.Length; i++)
        {
            vocabulary.Add(pieces[i], 300 + i);
        }

        json["model"]!["merges"] = new JsonArray("a -", "b -", "- b", "- c", "- -");
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(json);
        Assert.AreEqual(expected, string.Join('|', tokenizer.Encode("a-b--c").Select(tokenizer.TokenOf)));
    }

    [TestMethod]
    public void AByteOrderMarkAndEscapesAreRead()
    {
        string path = Path.GetTempFileName();
        string json = TinyTokenizerJson.Create().ToJsonString().Replace("\"hello\"", "\"\\u0068ello\"", StringComparison.Ordinal);
        File.WriteAllText(path, json, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        CollectionAssert.AreEqual(new[] { TinyTokenizerJson.HelloId }, HuggingFaceTokenizer.Load(path).Encode("hello"));
        File.Delete(path);
    }

    [TestMethod]
    public void ADigitOutsideTheBasicPlaneIsOneDigit()
    {
        JsonObject json = TinyTokenizerJson.Create();
        json["pre_tokenizer"] = JsonNode.Parse("""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\p{N}|\\p{L}+"},"behavior":"Isolated","invert":false},
             {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """);

        // The last byte of one mathematical digit and the first of the next may not merge, being in two pieces.
        ((JsonObject)json["model"]!["vocab"]!).Add($"{ByteAlphabet.CharacterOf(0x98)}{ByteAlphabet.CharacterOf(0xF0)}", 300);
        json["model"]!["merges"] = new JsonArray($"{ByteAlphabet.CharacterOf(0x98)} {ByteAlphabet.CharacterOf(0xF0)}");
        EncodedText encoded = TinyTokenizerJson.Load(json).EncodeWithOffsets("\U0001D7D8\U0001D7D8", false, null);
        Assert.DoesNotContain(300, encoded.Ids);
        Assert.HasCount(8, encoded.Ids);
        Assert.AreEqual(new TextRange(2, 4), encoded.Offsets[7]);
    }

    [TestMethod]
    public void APatternThatDoesNotEndIsStopped()
    {
        JsonObject json = TinyTokenizerJson.Create();
        json["pre_tokenizer"] = JsonNode.Parse("""
            {"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"(?!x)(a+)+$"},"behavior":"Isolated","invert":false},
             {"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}]}
            """);
        HuggingFaceTokenizer tokenizer = TinyTokenizerJson.Load(json);
        DlpLoraException error = Assert.ThrowsExactly<DlpLoraException>(() => tokenizer.Encode(new string('a', 60) + "!"));
        StringAssert.Contains(error.Message, "did not come to an end");
    }
}
