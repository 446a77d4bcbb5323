using System.Text;
using CsCheck;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime.Tests.Tokenization;

[TestClass]
public sealed class TokenTableTests
{
    private static readonly Gen<string> Spellings = Gen.OneOf(
        Gen.Char["abc"].Array[1, 4].Select(c => new string(c)),
        Gen.Int[0x21, 0x3000].Select(c => ((char)c).ToString()).Array[1, 3].Select(string.Concat));

    [TestMethod]
    public void IsWhatADictionaryIs() =>
        Gen.Select(Spellings.Array[0, 200], Gen.Int[0, 300]).Sample((spellings, capacity) =>
        {
            TokenTable table = new(capacity);
            Dictionary<string, int> expected = new(StringComparer.Ordinal);
            foreach (string spelling in spellings)
            {
                // Ids with gaps, beyond the capacity.
                int id = expected.Count * 3;
                bool added = expected.TryAdd(spelling, id);
                Assert.AreEqual(added, table.TryAdd(spelling, id), spelling);
            }

            foreach ((string spelling, int id) in expected)
            {
                Assert.IsTrue(table.TryGetId(spelling, out int found), spelling);
                Assert.AreEqual(id, found);
                Assert.AreEqual(spelling, table.SpellingOf(id));
                Assert.IsTrue(table.Contains(id));
                Assert.IsFalse(table.Contains(id + 1));
                Assert.IsNull(table.SpellingOf(id + 2));
            }

            Assert.IsFalse(table.TryGetId("dd", out _));
            Assert.AreEqual(Math.Max(0, ((expected.Count - 1) * 3) + 1), table.Size);
        });

    [TestMethod]
    public void ATokenIsTheBytesThatTheAlphabetSpells()
    {
        TokenTable table = new(4);
        table.TryAdd("Ġé", 0);
        table.TryAdd("€", 1);
        table.TryAdd(ByteAlphabet.SpellingOf("€"u8), 2);
        CollectionAssert.AreEqual(new byte[] { 0x20, 0xE9 }, table.BytesOf(0).ToArray());
        Assert.AreEqual("€", Encoding.UTF8.GetString(table.BytesOf(1)), "a character that is not the alphabet's");
        Assert.IsTrue(table.BytesOf(1).SequenceEqual(table.BytesOf(2)));
        Assert.IsTrue(table.TryGetId("€"u8, out int spelled));
        Assert.AreEqual(2, spelled);
        Assert.IsTrue(table.TryGetId("€", out int literal));
        Assert.AreEqual(1, literal);
        Assert.IsTrue(table.BytesOf(7).IsEmpty);
        Assert.IsTrue(table.BytesOf(-1).IsEmpty);
    }

    [TestMethod]
    public void AnAddedTokenIsPlainTextUnlessTheVocabularySpellsIt()
    {
        TokenTable table = new(2);
        table.TryAdd("<é>", 0);
        table.Add(new AddedToken(0, "<é>", Special: true, Normalized: false, SingleWord: false, LeftStrip: false, RightStrip: false));
        table.Add(new AddedToken(9, "<è>", Special: false, Normalized: false, SingleWord: false, LeftStrip: false, RightStrip: false));
        CollectionAssert.AreEqual(new byte[] { (byte)'<', 0xE9, (byte)'>' }, table.BytesOf(0).ToArray());
        Assert.IsTrue(table.BytesOf(9).SequenceEqual("<è>"u8));
        Assert.AreEqual("<è>", table.SpellingOf(9));
        Assert.IsTrue(table.TryGetId("<è>", out int id));
        Assert.AreEqual(9, id);
        Assert.IsFalse(table.TryGetId("<è>"u8, out _), "a word of the text is no added token");
        Assert.IsTrue(table.IsSpecial(0));
        Assert.IsFalse(table.IsSpecial(9));
        Assert.AreEqual(10, table.Size);
    }

    [TestMethod]
    public void MergesAreWhatADictionaryIs() =>
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20]).Array[0, 300].Sample(pairs =>
        {
            MergeTable merges = new(pairs.Length);
            Dictionary<(int, int), int> expected = [];
            foreach ((int left, int right) in pairs)
            {
                Assert.AreEqual(expected.TryAdd((left, right), expected.Count), merges.TryAdd(left, right, left * right));
            }

            Assert.AreEqual(expected.Count, merges.Count);
            for (int left = 0; left < 22; left++)
            {
                for (int right = 0; right < 22; right++)
                {
                    int rank = merges.RankOf(left, right);
                    Assert.AreEqual(expected.GetValueOrDefault((left, right), MergeTable.None), rank);
                    Assert.IsTrue(rank == MergeTable.None || merges.MergedBy(rank) == left * right);
                }
            }
        });
}
