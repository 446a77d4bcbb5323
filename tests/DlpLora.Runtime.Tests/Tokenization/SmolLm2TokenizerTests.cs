using System.Buffers;
using System.Text;
using CsCheck;
using DlpLora.Runtime.Tokenization;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Tokenization;

/// <summary>Properties of the repository's own tokenizer over any text.</summary>
[TestClass]
public sealed class SmolLm2TokenizerTests
{
    private static readonly HuggingFaceTokenizer Tokenizer = HuggingFaceTokenizer.Load(Path.Combine(RepoFiles.BaseModel, "tokenizer.json"));

    private static readonly int[] Joiners = [0x200D, 0xFE0F, 0x0A, 0x20, 0x301];

    // Characters of every plane; those whose bytes SmolLM2's vocabulary lacks (the reference drops them too) are left out.
    private static readonly Gen<string> AnyText =
        Gen.Frequency((6, Gen.Int[0x20, 0x7E]), (2, Gen.Int[0, 0xD7FF]), (1, Gen.Int[0xE000, 0xFFFF]), (2, Gen.Int[0x1F300, 0x1FAFF]), (1, Gen.Int[0x10000, 0x3FFFF]), (1, Gen.Int[0, 4].Select(i => Joiners[i])))
            .Where(c => c is not (0x04 or 0x06 or 0x13 or 0x14 or 0x16 or 0x1D))
            .Select(c => char.ConvertFromUtf32(c)).Array[0, 40].Select(string.Concat);

    [TestMethod]
    public void DecodingWhatWasEncodedGivesTheTextBack() =>
        AnyText.Sample(text => Tokenizer.Decode(Tokenizer.Encode(text, parseSpecialTokens: false)) == text);

    [TestMethod]
    public void StreamedPiecesAreWholeCharactersAndTogetherTheText() => AnyText.Sample(text =>
    {
        StreamingDetokenizer stream = Tokenizer.CreateDetokenizer();
        StringBuilder streamed = new();
        foreach (int id in Tokenizer.Encode(text, parseSpecialTokens: false))
        {
            ArrayBufferWriter<char> piece = new();
            stream.Append(id, piece);
            Assert.IsTrue(IsWhole(piece.WrittenSpan), "a piece ends or begins within a surrogate pair");
            streamed.Append(piece.WrittenSpan);
        }

        ArrayBufferWriter<char> rest = new();
        stream.Flush(rest);
        Assert.AreEqual(0, rest.WrittenCount);
        Assert.AreEqual(text, streamed.ToString());
    });

    [TestMethod]
    public void StreamingAnyIdsEqualsDecodingThem() => Gen.Int[0, 49_151].Array[0, 60].Sample(ids =>
    {
        foreach (bool skip in (bool[])[true, false])
        {
            StreamingDetokenizer stream = Tokenizer.CreateDetokenizer(skip);
            ArrayBufferWriter<char> streamed = new();
            foreach (int id in ids)
            {
                stream.Append(id, streamed);
            }

            stream.Flush(streamed);
            Assert.AreEqual(Tokenizer.Decode(ids, skip), streamed.WrittenSpan.ToString());
        }
    });

    [TestMethod]
    public void OffsetsCoverTheTextInOrderWithoutGaps() => AnyText.Sample(text =>
    {
        EncodedText encoded = Tokenizer.EncodeWithOffsets(text, addSpecialTokens: false, literalRanges: null);
        CollectionAssert.AreEqual(Tokenizer.Encode(text), encoded.Ids);
        Assert.HasCount(encoded.Ids.Length, encoded.Offsets);
        TextRange before = default;
        foreach (TextRange range in encoded.Offsets)
        {
            // A token that shares its first character with the one before overlaps it by that character.
            Assert.IsTrue(range.Start == before.End || (range.Start < before.End && range.Start >= before.Start && before.End - range.Start <= 2), $"{before} {range}");
            Assert.IsGreaterThan(range.Start, range.End);
            Assert.IsTrue(IsWhole(text.AsSpan(range.Start, range.Length)));
            before = range;
        }

        Assert.AreEqual(text.Length, before.End);
    });

    [TestMethod]
    public void AnOffsetNamesTheTokensOwnText()
    {
        const string Text = "Total: 42 caf\u00e9s, 3 \ud83d\ude00!";
        EncodedText encoded = Tokenizer.EncodeWithOffsets(Text, addSpecialTokens: false, literalRanges: null);
        for (int i = 0; i < encoded.Ids.Length; i++)
        {
            string own = Tokenizer.Decode([encoded.Ids[i]]);
            if (!own.Contains('\uFFFD', StringComparison.Ordinal))
            {
                Assert.AreEqual(own, Text[encoded.Offsets[i].Start..encoded.Offsets[i].End]);
            }
        }
    }

    [TestMethod]
    public void HalfASurrogatePairCountsAsTheReplacementCharacter()
    {
        string broken = "a\uD83Db\uDE00\uD83D";
        CollectionAssert.AreEqual(Tokenizer.Encode("a\uFFFDb\uFFFD\uFFFD"), Tokenizer.Encode(broken));
        Assert.AreEqual(broken.Length, Tokenizer.EncodeWithOffsets(broken, false, null).Offsets[^1].End);
    }

    [TestMethod]
    [DataRow("a", DisplayName = "one endless word")]
    [DataRow(" ", DisplayName = "spaces")]
    [DataRow("\0", DisplayName = "NUL")]
    [DataRow("<|im_start|", DisplayName = "almost a control token")]
    [DataRow("7", DisplayName = "digits")]
    [DataRow("\ud83d\udc69\u200d\ud83d\udc67 ", DisplayName = "emoji")]
    public void AMebibyteOfAnythingComesBack(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        Assert.AreEqual(text, Tokenizer.Decode(Tokenizer.Encode(text)));
    }

    [TestMethod]
    public void ManyThreadsGetTheSameIds()
    {
        string[] texts = [.. Enumerable.Range(0, 64).Select(i => $"Thread {i} says \ud83d\ude00 {i * 7919} times, doesn't it?")];
        int[][] expected = [.. texts.Select(t => Tokenizer.Encode(t))];
        HuggingFaceTokenizer fresh = HuggingFaceTokenizer.Load(Path.Combine(RepoFiles.BaseModel, "tokenizer.json"));
        Parallel.For(0, 512, i => CollectionAssert.AreEqual(expected[i % 64], fresh.Encode(texts[i % 64])));
    }

    private static bool IsWhole(ReadOnlySpan<char> text) =>
        text.IsEmpty || (!char.IsLowSurrogate(text[0]) && !char.IsHighSurrogate(text[^1]));
}
