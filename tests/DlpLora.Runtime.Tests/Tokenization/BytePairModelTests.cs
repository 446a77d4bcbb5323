using System.Text;
using System.Text.Json;
using CsCheck;
using DlpLora.Runtime.Tokenization;
using DlpLora.Runtime.Tokenization.PreTokenizers;
using DlpLora.Testing;
using Microsoft.ML.Tokenizers;

namespace DlpLora.Runtime.Tests.Tokenization;

/// <summary>The merges of the repository's own vocabulary, held against Microsoft.ML.Tokenizers.</summary>
[TestClass]
public sealed class BytePairModelTests
{
    private static readonly (BytePairModel Model, MergeTable Merges, BpeTokenizer Reference) Loaded = Load();

    // Few letters give many equal merges, which is where the order of ties shows.
    private static readonly Gen<string> Words = Gen.OneOf(
        Gen.Char["ab"].Array[1, 200].Select(c => new string(c)),
        Gen.Char["ehlotrn "].Array[1, 200].Select(c => new string(c)),
        Gen.Int[0x20, 0x7E].Select(c => (char)c).Array[1, 200].Select(c => new string(c)),
        Gen.Int[0xA0, 0x24F].Select(c => (char)c).Array[1, 60].Select(c => new string(c)));

    [TestMethod]
    public void AnyWordGivesTheIdsOfTheReference() => Words.Sample(AssertIsTheReferences);

    [TestMethod]
    public void EveryWordOfTheRepositoryGivesTheIdsOfTheReference()
    {
        HashSet<string> words = new(StringComparer.Ordinal);
        GptWordPreTokenizer split = new();
        List<DlpLora.Runtime.Tokenization.TextRange> pieces = [];
        foreach (string path in RepoTexts())
        {
            string text = File.ReadAllText(path);
            pieces.Clear();
            split.Split(text, pieces);
            words.UnionWith(pieces.Where(p => p.Length <= BytePairModel.LongestScannedWord / 4).Select(p => text[p.Start..p.End]));
        }

        Assert.IsGreaterThan(10_000, words.Count);
        foreach (string word in words)
        {
            AssertIsTheReferences(word);
        }
    }

    [TestMethod]
    public void LongWordsAreMergedAsShortOnesAre() => Words.Sample(word =>
    {
        byte[] bytes = Known(word);
        List<int> expected = [];
        Loaded.Model.Encode(bytes, expected);
        int[] parts = [.. bytes.Select(One)];
        CollectionAssert.AreEqual(expected, parts[..LongWordMerger.Merge(Loaded.Merges, parts)], word);

        static int One(byte value)
        {
            List<int> id = [];
            Loaded.Model.Encode([value], id);
            return id.Single();
        }
    });

    private static void AssertIsTheReferences(string word)
    {
        byte[] bytes = Known(word);
        if (bytes.Length == 0)
        {
            return;
        }

        List<int> actual = [];
        Loaded.Model.Encode(bytes, actual);
        IReadOnlyList<int> expected = Loaded.Reference.EncodeToIds(ByteAlphabet.SpellingOf(bytes), considerPreTokenization: false, considerNormalization: false);
        CollectionAssert.AreEqual(expected.ToList(), actual, word);
    }

    private static byte[] Known(string word) => [.. Encoding.UTF8.GetBytes(word).Where(Loaded.Model.Knows)];

    private static IEnumerable<string> RepoTexts() =>
        ((string[])["docs", "src", "samples"]).SelectMany(folder => Directory.EnumerateFiles(Path.Combine(RepoFiles.Root, folder), "*", SearchOption.AllDirectories))
            .Where(path => Path.GetExtension(path) is ".md" or ".cs" or ".json" && !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static (BytePairModel Model, MergeTable Merges, BpeTokenizer Reference) Load()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepoFiles.BaseModel, "tokenizer.json")));
        JsonElement model = json.RootElement.GetProperty("model");
        Dictionary<string, int> vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32());
        List<string> pairs = [.. model.GetProperty("merges").EnumerateArray().Select(m => $"{m[0].GetString()} {m[1].GetString()}")];
        TokenTable tokens = new(vocabulary.Count);
        foreach ((string spelling, int id) in vocabulary)
        {
            Assert.IsTrue(tokens.TryAdd(spelling, id));
        }

        MergeTable merges = new(pairs.Count);
        foreach (string pair in pairs)
        {
            string[] parts = pair.Split(' ');
            Assert.IsTrue(merges.TryAdd(vocabulary[parts[0]], vocabulary[parts[1]], vocabulary[parts[0] + parts[1]]));
        }

        return (new BytePairModel(tokens, merges, ignoreMerges: false), merges, BpeTokenizer.Create(new BpeOptions(vocabulary) { Merges = pairs }));
    }
}
