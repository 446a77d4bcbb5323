using System.IO.Compression;
using System.Text.Json;
using DlpLora.Runtime.Tokenization;
using DlpLora.Testing;

namespace DlpLora.Runtime.Tests.Tokenization;

/// <summary>Every row of the reference implementation's outputs, in both directions.</summary>
[TestClass]
public sealed class GoldenTokenizerTests
{
    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("smollm2-135m-instruct")]
    [DataRow("llama3_1")]
    [DataRow("qwen3")]
    public void IdsAndTextsEqualTheReference(string model)
    {
        if (SharedData.Find("golden", "tokenizers", model) is not { } folder)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        HuggingFaceTokenizer tokenizer = Load(folder);
        List<string> differences = [];
        int rows = 0;
        foreach (string line in File.ReadLines(Path.Combine(folder, "ids.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            JsonElement row = document.RootElement;
            string text = row.GetProperty("text").GetString()!;
            int[] ids = Ints(row, "ids");
            Compare(differences, text, "ids", ids, tokenizer.Encode(text));
            Compare(differences, text, "ids_with_special", Ints(row, "ids_with_special"), tokenizer.Encode(text, addSpecialTokens: true));
            EncodedText encoded = tokenizer.EncodeWithOffsets(text, addSpecialTokens: false, literalRanges: null);
            Compare(differences, text, "ids with offsets", ids, encoded.Ids);
            Compare(differences, text, "decoded", row.GetProperty("decoded").GetString()!, tokenizer.Decode(ids));
            Compare(differences, text, "decoded_skip_special", row.GetProperty("decoded_skip_special").GetString()!, tokenizer.Decode(ids, skipSpecialTokens: true));
            rows++;
        }

        Assert.IsGreaterThan(300, rows);
        Assert.IsEmpty(differences, string.Join('\n', differences.Take(20)));
    }

    private static HuggingFaceTokenizer Load(string folder)
    {
        string path = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(path))
        {
            return HuggingFaceTokenizer.Load(path);
        }

        string unpacked = Path.GetTempFileName();
        try
        {
            using (GZipStream source = new(File.OpenRead(path + ".gz"), CompressionMode.Decompress))
            using (FileStream target = File.Create(unpacked))
            {
                source.CopyTo(target);
            }

            return HuggingFaceTokenizer.Load(unpacked);
        }
        finally
        {
            File.Delete(unpacked);
        }
    }

    private static void Compare(List<string> differences, string text, string what, int[] expected, int[] actual)
    {
        if (!expected.AsSpan().SequenceEqual(actual))
        {
            differences.Add($"{what} of {JsonSerializer.Serialize(Cut(text))}: expected {string.Join(',', expected.Take(40))}, got {string.Join(',', actual.Take(40))}");
        }
    }

    private static void Compare(List<string> differences, string text, string what, string expected, string actual)
    {
        if (expected != actual)
        {
            differences.Add($"{what} of {JsonSerializer.Serialize(Cut(text))}: expected {JsonSerializer.Serialize(Cut(expected))}, got {JsonSerializer.Serialize(Cut(actual))}");
        }
    }

    private static string Cut(string text) => text.Length <= 120 ? text : text[..120];

    private static int[] Ints(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(e => e.GetInt32())];
}
