using System.Text;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Runtime.Training.Tests.Negatives;

[TestClass]
public sealed class PromptGrammarTests
{
    private const int Draws = 4000;

    [TestMethod]
    public void EverySlotIsFilled()
    {
        foreach (string prompt in (string[])[.. Draw(PromptGrammar.Training), .. Draw(PromptGrammar.Held)])
        {
            Assert.IsFalse(prompt.Contains("{a:", StringComparison.Ordinal) || prompt.Contains("\\n", StringComparison.Ordinal), prompt);
            Assert.IsFalse(string.IsNullOrWhiteSpace(prompt), prompt);
        }
    }

    [TestMethod]
    public void DrawsAreManyDifferentPrompts() => Assert.IsGreaterThan(Draws * 4 / 5, Draw(PromptGrammar.Training).Distinct().Count());

    [TestMethod]
    public void WhatIsKeptOutIsNeverLearnedFrom() => Assert.AreEqual(0, Draw(PromptGrammar.Held).Where(p => p.Length > 40).Intersect(Draw(PromptGrammar.Training)).Count());

    [TestMethod]
    public void TheSameSeedDrawsTheSamePrompts() => CollectionAssert.AreEqual(Draw(PromptGrammar.Training), Draw(PromptGrammar.Training));

    [TestMethod]
    public void SlotsTakeTheArticleThatTheirWordWants()
    {
        string[] prompts = Draw(PromptGrammar.Training);
        Assert.IsTrue(Array.Exists(prompts, p => p.Contains("an umbrella", StringComparison.OrdinalIgnoreCase)));
        Assert.IsFalse(Array.Exists(prompts, p => p.Contains(" a umbrella", StringComparison.OrdinalIgnoreCase)));
    }

    private static string[] Draw(PromptGrammar grammar)
    {
        TrainingRandom random = new(5);
        StringBuilder text = new();
        string[] prompts = new string[Draws];
        for (int i = 0; i < Draws; i++)
        {
            grammar.Append(ref random, text.Clear());
            prompts[i] = text.ToString();
        }

        return prompts;
    }
}
