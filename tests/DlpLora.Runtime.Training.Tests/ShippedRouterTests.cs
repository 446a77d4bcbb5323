using DlpLora.Runtime.Routing;
using DlpLora.Testing;

namespace DlpLora.Runtime.Training.Tests;

/// <summary>The router that ships with the samples.</summary>
[TestClass]
public sealed class ShippedRouterTests
{
    [TestMethod]
    public void KnowsEveryShippedAdapterAndNoOther()
    {
        Router router = Router.Load(RepoFiles.Router);
        string[] adapters = [.. Directory.GetDirectories(RepoFiles.Adapters).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        CollectionAssert.AreEqual(adapters, router.Labels.Order(StringComparer.Ordinal).ToArray());
        Assert.IsLessThanOrEqualTo(5_000_000, router.ParameterCount);
    }

    [TestMethod]
    [DataRow("A neighbour sent me this, what does it say in English? Die Kinder spielen seit heute Morgen im Garten.", "translate_de_en")]
    [DataRow("Columns: city, mayor, inhabitants\nQuestion: Who is the mayor of the city with 4,000 inhabitants?", "text_to_sql")]
    [DataRow("I have two pears, a drum, and three goats. How many objects is that altogether?", "object_counting")]
    [DataRow("name[The Blue Door], eatType[restaurant], food[Indian], area[riverside]", "e2e_nlg")]
    [DataRow("My card was swallowed by the cash machine, what do I do now?\nA) card swallowed\nB) lost or stolen card\nC) top up failed", "banking_intent")]
    public void RoutesPromptsThatWeWrote(string prompt, string expected)
    {
        RoutingDecision decision = Router.Load(RepoFiles.Router).Decide(prompt);
        Assert.IsFalse(decision.Abstained);
        Assert.AreEqual(expected, decision.Adapters[0].Name);
    }

    [TestMethod]
    [TestCategory(SharedData.Category)]
    [DataRow("test", 0.9973)]
    [DataRow("reworded", 0.9899)]
    [DataRow("bare", 0.9219)]
    public void BeatsNaiveBayes(string split, double bayes)
    {
        if (SharedData.Find("tasks") is not { } tasks)
        {
            Assert.Inconclusive(SharedData.Missing);
            return;
        }

        Router router = Router.Load(RepoFiles.Router);
        RouterEvaluation evaluation = RouterEvaluator.Evaluate(router, RouterEvaluator.ReadRows(router, tasks, split), split);
        Assert.IsGreaterThan(bayes, evaluation.Top1);
        Assert.IsLessThan(0.02, evaluation.Ece);
    }
}
