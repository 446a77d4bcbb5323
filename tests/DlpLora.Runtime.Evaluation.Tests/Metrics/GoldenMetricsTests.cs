using System.Text.Json;
using DlpLora.Runtime.Evaluation.Metrics;
using DlpLora.Testing;

namespace DlpLora.Runtime.Evaluation.Tests.Metrics;

[TestClass]
public sealed class GoldenMetricsTests
{
    private const double Tolerance = 1e-9;

    [TestMethod]
    [TestCategory(SharedData.Category)]
    public void EveryRowEqualsSacrebleuAndRougeScore()
    {
        if (SharedData.Find("golden", "text_metrics.jsonl") is not { } path)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        int rows = 0;
        foreach (string line in File.ReadLines(path))
        {
            JsonElement row = JsonDocument.Parse(line).RootElement;
            string hypothesis = row.GetProperty("hypothesis").GetString()!;
            string reference = row.GetProperty("reference").GetString()!;
            Assert.AreEqual(row.GetProperty("sentence_bleu").GetDouble(), Bleu.Sentence(hypothesis, reference).Score, Tolerance, line);
            AreEqual(row.GetProperty("rouge1"), Rouge.N(hypothesis, reference, 1), line);
            AreEqual(row.GetProperty("rouge2"), Rouge.N(hypothesis, reference, 2), line);
            AreEqual(row.GetProperty("rougeL"), Rouge.L(hypothesis, reference), line);
            AreEqual(row.GetProperty("rougeLsum"), Rouge.LSum(hypothesis, reference), line);
            rows++;
        }

        Assert.IsGreaterThan(200, rows);
    }

    [TestMethod]
    [TestCategory(SharedData.Category)]
    public void TheCorpusScoreEqualsSacrebleu()
    {
        if (SharedData.Find("golden", "text_metrics.jsonl") is not { } path || SharedData.Find("golden", "text_metrics.json") is not { } corpusPath)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        JsonElement corpus = JsonDocument.Parse(File.ReadAllText(corpusPath)).RootElement;
        BleuScore score = Bleu.Corpus(File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)
            .Select(row => (row.GetProperty("hypothesis").GetString()!, (IReadOnlyList<string>)[row.GetProperty("reference").GetString()!])));
        Assert.AreEqual(corpus.GetProperty("corpus_bleu").GetDouble(), score.Score, Tolerance);
        Assert.AreEqual(corpus.GetProperty("bp").GetDouble(), score.BrevityPenalty, Tolerance);
        Assert.AreEqual(corpus.GetProperty("sys_len").GetInt64(), score.HypothesisLength);
        Assert.AreEqual(corpus.GetProperty("ref_len").GetInt64(), score.ReferenceLength);
        for (int n = 0; n < 4; n++)
        {
            Assert.AreEqual(corpus.GetProperty("precisions")[n].GetDouble(), score.Precisions[n], Tolerance);
        }
    }

    private static void AreEqual(JsonElement expected, RougeScore actual, string line)
    {
        Assert.AreEqual(expected.GetProperty("precision").GetDouble(), actual.Precision, Tolerance, line);
        Assert.AreEqual(expected.GetProperty("recall").GetDouble(), actual.Recall, Tolerance, line);
        Assert.AreEqual(expected.GetProperty("fmeasure").GetDouble(), actual.FMeasure, Tolerance, line);
    }
}
