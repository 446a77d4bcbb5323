using CsCheck;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

[TestClass]
public sealed class SentenceSegmenterTests
{
    [TestMethod]
    [DataRow("One. Two! Three? Four", "One. |Two! |Three? |Four", DisplayName = "stops, and no final stop")]
    [DataRow("Dr. Smith met Mrs. Jones at 3.5 p.m. on Fig. 2. He left.", "Dr. Smith met Mrs. Jones at 3.5 p.m. on Fig. 2. |He left.", DisplayName = "abbreviations and decimals")]
    [DataRow("J. R. Tolkien wrote it. Visit example.com now.", "J. R. Tolkien wrote it. |Visit example.com now.", DisplayName = "initials and domains")]
    [DataRow("\"Stop!\" he said. \"Go.\" She left.", "\"Stop!\" he said. |\"Go.\" |She left.", DisplayName = "quotes")]
    [DataRow("Pick one:\n1. red\n2. blue\n", "Pick one:\n|1. red\n|2. blue\n", DisplayName = "a list")]
    [DataRow("Is it so?\nA) Yes\nB) No", "Is it so?\n|A) Yes\n|B) No", DisplayName = "options")]
    [DataRow("Wait... what? Yes.", "Wait... what? |Yes.", DisplayName = "an ellipsis that goes on")]
    [DataRow("今天很好。我们走吧！好", "今天很好。|我们走吧！|好", DisplayName = "Chinese")]
    [DataRow("यह ठीक है। चलो।", "यह ठीक है। |चलो।", DisplayName = "Hindi")]
    [DataRow("هل هذا صحيح؟ نعم.", "هل هذا صحيح؟ |نعم.", DisplayName = "Arabic")]
    [DataRow("Run this:\n```\nx = 1. y = 2!\n\nz\n```\nDone.", "Run this:\n|```\nx = 1. y = 2!\n\nz\n```\n|Done.", DisplayName = "a code block")]
    [DataRow("find the speed in km per hour. how far is it?", "find the speed in km per hour. |how far is it?", DisplayName = "small letters only")]
    [DataRow("This line is long enough to have been wrapped\nby an editor. Next.", "This line is long enough to have been wrapped\nby an editor. |Next.", DisplayName = "a wrapped line")]
    [DataRow("  lead. end  \n\n", "  lead. |end  \n\n", DisplayName = "white space around")]
    public void CutsAsPeopleRead(string text, string expected)
    {
        List<string> found = [];
        foreach (SentenceRange range in SentenceSegmenter.Enumerate(text))
        {
            found.Add(text[range.Start..range.End]);
        }

        Assert.AreEqual(expected, string.Join('|', found));
    }

    [TestMethod]
    public void RangesCoverAnyTextWithoutGaps() =>
        Gen.OneOf(Gen.Char, Gen.Char[".?!\n\r \")`Aa1。"]).Array[0, 300]
            .Select(c => new string(c))
            .Sample(
                text =>
                {
                    int end = 0;
                    foreach (SentenceRange range in SentenceSegmenter.Enumerate(text))
                    {
                        Assert.AreEqual(end, range.Start);
                        Assert.IsGreaterThan(range.Start, range.End);
                        end = range.End;
                    }

                    return end == text.Length;
                },
                iter: 3000);

    [TestMethod]
    public void EnumeratesWithoutAllocating()
    {
        const string Text = "Dr. No said: \"Stop.\" Then 3.5 more. 今天很好。\nA) yes\nB) no";
        int Count()
        {
            int count = 0;
            foreach (SentenceRange range in SentenceSegmenter.Enumerate(Text))
            {
                count += range.Length;
            }

            return count;
        }

        Assert.AreEqual(Text.Length, Count());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Count();
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    [DataRow("It is done.", true)]
    [DataRow("It is done.\"", true)]
    [DataRow("Really?!", true)]
    [DataRow("今天很好。", true)]
    [DataRow("A line\n", true)]
    [DataRow("It costs 3.", false)]
    [DataRow("It costs 3. ", true)]
    [DataRow("Ask Dr", false)]
    [DataRow("It is", false)]
    [DataRow("", false)]
    [DataRow("  \n", false)]
    public void TellsWhetherGeneratedTextEndsASentence(string text, bool expected) =>
        Assert.AreEqual(expected, SentenceSegmenter.EndsSentence(text));

    [TestMethod]
    [DataRow("Ask Dr.")]
    [DataRow("J.")]
    [DataRow("Text\n1.")]
    public void AnAbbreviationDoesNotEndAGeneratedSentence(string text) => Assert.IsFalse(SentenceSegmenter.EndsSentence(text));
}
