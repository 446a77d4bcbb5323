using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Which parts of a user's turn are questions of their own.</summary>
[TestClass]
public sealed class TurnQuestionsTests
{
    private const string Cat = "the cat is purring and purring";
    private const string Dog = "the dog is barking and barking";

    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-questions").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    /// <summary>The turn is written as its segments, parted by <c>|</c>; expected are the questions, likewise.</summary>
    [TestMethod]
    [DataRow($"{Cat}.", $"{Cat}.", DisplayName = "one question")]
    [DataRow($"{Cat}.\n\n|{Dog}.", $"{Cat}.\n\n|{Dog}.", DisplayName = "two questions")]
    [DataRow($"Hello there!\n\n|{Cat}.", $"Hello there!\n\n{Cat}.", DisplayName = "a greeting joins what follows")]
    [DataRow($"Answer both:\n\n|{Cat}.\n\n|{Dog}.", $"Answer both:\n\n{Cat}.\n\n|{Dog}.", DisplayName = "a shared introduction joins the first")]
    [DataRow($"{Cat}.\n\n|Thanks in advance!", $"{Cat}.\n\nThanks in advance!", DisplayName = "a farewell joins what it follows")]
    [DataRow($"{Cat}.\n\n|Here is a text about nothing.\n\n|{Dog}.", $"{Cat}.\n\n|Here is a text about nothing.\n\n{Dog}.", DisplayName = "a context joins its question")]
    [DataRow($"{Cat}: |so they say.\n\n|{Dog}.", $"{Cat}: so they say.\n\n|{Dog}.", DisplayName = "the rest of a paragraph stays in it")]
    [DataRow($"What time is it?\n\n|{Cat}.", $"What time is it?\n\n|{Cat}.", DisplayName = "a paragraph that asks is the base's question")]
    [DataRow($"今何時ですか？\n\n|{Cat}.", $"今何時ですか？\n\n|{Cat}.", DisplayName = "also with a wide question mark")]
    [DataRow($"What time is it? |{Cat}.", $"What time is it? {Cat}.", DisplayName = "a question within a paragraph is not")]
    [DataRow($"{Cat}. |{Dog}?", $"{Cat}. {Dog}?", DisplayName = "a story and its question in one line are one")]
    [DataRow($"{Cat}? |{Dog}?", $"{Cat}? |{Dog}?", DisplayName = "two questions in one line are two")]
    [DataRow("Hello.\n\n|And so on.", "Hello.\n\nAnd so on.", DisplayName = "nothing for anybody is one")]
    public void SegmentsThatAskNothingJoinTheirQuestion(string segmented, string expected)
    {
        Router router = Router();
        string text = segmented.Replace("|", string.Empty, StringComparison.Ordinal);
        List<SegmentDecision> segments = [];
        int at = 0;
        foreach (string segment in segmented.Split('|'))
        {
            segments.Add(new SegmentDecision(at, at + segment.Length, router.Decide(segment)));
            at += segment.Length;
        }

        IReadOnlyList<SegmentDecision> questions = TurnQuestions.Find(text, segments, question => router.Decide(question));
        Assert.AreEqual(expected, string.Join('|', questions.Select(q => text[q.Start..q.End])));
    }

    [TestMethod]
    public void QuestionsCoverAnyTextInOrder()
    {
        Router router = Router();
        Random random = new(3);
        string[] pieces = [Cat, Dog, "?", "!", "\n\n", "\n", " ", "\r\n", "\ud800", "\0", "世界。", "A) x\n", "e.g. 3.5"];
        for (int i = 0; i < 500; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            IReadOnlyList<SegmentDecision> questions = TurnQuestions.Find(text, router.DecideSegments(text, RoutingPolicy.Default), q => router.Decide(q));
            int end = 0;
            foreach (SegmentDecision question in questions)
            {
                Assert.AreEqual(end, question.Start);
                end = question.End;
            }

            Assert.AreEqual(text.Length, end);
        }
    }

    private Router Router() =>
        Runtime.Routing.Router.Load(KeywordRouter.Write(Path.Combine(_folder, "router.safetensors"), null, ("cat", "purring"), ("dog", "barking")));
}
