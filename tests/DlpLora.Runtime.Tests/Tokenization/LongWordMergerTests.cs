using System.Text;
using System.Text.Json;
using CsCheck;
using DlpLora.Runtime.Tokenization;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Tokenization;

[TestClass]
public sealed class LongWordMergerTests
{
    [TestMethod]
    public void GivesTheIdsOfTheCore()
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(RepoFiles.BaseModel, "tokenizer.json")));
        JsonElement model = json.RootElement.GetProperty("model");
        Dictionary<string, int> vocabulary = model.GetProperty("vocab").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt32());
        List<string> merges = [.. model.GetProperty("merges").EnumerateArray().Select(m => $"{m[0].GetString()} {m[1].GetString()}")];
        BytePairModel core = new(vocabulary, merges, ignoreMerges: false);
        LongWordMerger merger = new(vocabulary, merges);

        // Few letters give many equal merges, which is where the order of ties shows.
        Gen<string> words = Gen.OneOf(
            Gen.Char["ab"].Array[1, 200].Select(c => new string(c)),
            Gen.Char["ehlotrn "].Array[1, 200].Select(c => new string(c)),
            Gen.Int[0x20, 0x7E].Select(c => (char)c).Array[1, 200].Select(c => new string(c)));
        words.Sample(word =>
        {
            string symbols = string.Concat(Encoding.UTF8.GetBytes(word).Select(ByteAlphabet.CharacterOf));
            List<int> expected = [];
            List<int> actual = [];
            core.Encode(symbols, expected);
            merger.Encode(symbols, actual);
            CollectionAssert.AreEqual(expected, actual, word);
        });
    }
}
