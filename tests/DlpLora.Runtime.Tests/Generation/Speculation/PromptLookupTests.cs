using DlpLora.Runtime.Generation.Speculation;

namespace DlpLora.Runtime.Tests.Generation.Speculation;

[TestClass]
public sealed class PromptLookupTests
{
    [TestMethod]
    public void FindsWhatFollowedTheSameTokensBefore()
    {
        PromptLookup lookup = new([5, 6, 7, 8, 9, 1, 6, 7], 16);
        CollectionAssert.AreEqual(new[] { 8, 9, 1 }, lookup.Find(3, out int match).ToArray());
        Assert.AreEqual(2, match);
    }

    [TestMethod]
    public void PrefersTheLongestMatchAndThenTheLatest()
    {
        PromptLookup lookup = new([1, 2, 3, 10, 9, 2, 3, 20, 2, 3, 30, 1, 2, 3], 32);
        Assert.AreEqual(10, lookup.Find(1, out int match)[0]);
        Assert.AreEqual(3, match);

        PromptLookup equal = new([2, 3, 20, 2, 3, 30, 7, 2, 3], 32);
        Assert.AreEqual(30, equal.Find(1, out match)[0]);
        Assert.AreEqual(2, match);
    }

    [TestMethod]
    public void FindsNothingWithoutAnEarlierPair()
    {
        PromptLookup lookup = new([1, 2, 3, 4], 8);
        Assert.IsTrue(lookup.Find(4, out int match).IsEmpty);
        Assert.AreEqual(0, match);
        Assert.IsTrue(new PromptLookup([], 4).Find(4, out match).IsEmpty);
    }

    [TestMethod]
    public void GuessesARepetitionOfTheAnswerItself()
    {
        PromptLookup lookup = new([7], 64);
        foreach (int token in (int[])[1, 2, 3, 1, 2])
        {
            lookup.Add(token);
        }

        CollectionAssert.AreEqual(new[] { 3, 1, 2 }, lookup.Find(8, out _).ToArray());
    }

    [TestMethod]
    public void AgreesWithASearchThroughTheWholeSequence()
    {
        Random random = new(5);
        for (int trial = 0; trial < 300; trial++)
        {
            int length = random.Next(3, 60);
            int[] tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(4))];
            PromptLookup lookup = new(tokens, length);
            int[] found = lookup.Find(5, out int match).ToArray();
            (int[] expected, int expectedMatch) = Search(tokens, 5);

            // Chains are cut after a number of places, so in a repetitive sequence a longer match may lie too far back.
            Assert.IsLessThanOrEqualTo(expectedMatch, match);
            if (match == expectedMatch)
            {
                CollectionAssert.AreEqual(expected, found);
            }

            if (length < 30)
            {
                Assert.AreEqual(expectedMatch, match);
            }
        }
    }

    [TestMethod]
    public void AddingAndFindingAllocateNothing()
    {
        PromptLookup lookup = new([1, 2, 3, 1, 2, 3, 1, 2], 4096);
        lookup.Add(3);
        _ = lookup.Find(4, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            lookup.Add(i % 7);
            _ = lookup.Find(8, out _);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static (int[] Tokens, int Match) Search(int[] tokens, int most)
    {
        int end = tokens.Length - 1;
        (int place, int match) = (-1, 0);
        for (int i = end - 1; i >= 1; i--)
        {
            int agreed = 0;
            while (agreed < PromptLookup.LongestMatch && agreed <= i && tokens[i - agreed] == tokens[end - agreed])
            {
                agreed++;
            }

            if (agreed >= 2 && agreed > match)
            {
                (place, match) = (i, agreed);
            }
        }

        return place < 0 ? ([], 0) : (tokens.Skip(place + 1).Take(Math.Min(most, end - place)).ToArray(), match);
    }
}
