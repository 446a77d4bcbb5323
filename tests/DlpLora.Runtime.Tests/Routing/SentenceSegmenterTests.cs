using CsCheck;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Routing;

[TestClass]
public sealed class SentenceSegmenterTests
{
    private static readonly string[] Pieces =
    [
        "Dr. ", "z. B. ", "3.5", "```\n", "~~~", "\r\n", "A) ", "1. ", "\uD83D\uDC68\u200D\uD83D\uDC69",
        "e\u0301", "\u4ECA\u5929\u3002", "\u061F ", "\u05D0", "word ", "Word. ",
    ];

    /// <summary>Any UTF-16: random units (lone surrogates, NUL), and what sentences are made of, mixed.</summary>
    private static readonly Gen<string> AnyText = Gen.OneOf(
            Gen.Char.Select(c => c.ToString()),
            Gen.Char[".?!\n\r \")`Aa1\u3002\u2028\0\uD800\uDC00\u0301\u200D"].Select(c => c.ToString()),
            Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i]))
        .Array[0, 120]
        .Select(string.Concat);

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
    [DataRow("The U.S. economy grew 3.5%. He lives in the U.S. She left.", "The U.S. economy grew 3.5%. |He lives in the U.S. |She left.", DisplayName = "letters with points")]
    [DataRow("Das gilt z. B. heute, d. h. jetzt. Gut.", "Das gilt z. B. heute, d. h. jetzt. |Gut.", DisplayName = "abbreviations with spaces")]
    [DataRow("El Sr. López vino. See Art. 5 and no. 7. Done.", "El Sr. López vino. |See Art. 5 and no. 7. |Done.", DisplayName = "titles and numbered parts")]
    [DataRow("Apples, pears etc. are fine. John Jr. came.", "Apples, pears etc. are fine. |John Jr. came.", DisplayName = "abbreviations in the middle")]
    [DataRow("1. First. 2. Second. 3. Third.", "1. First. |2. Second. |3. Third.", DisplayName = "a list in one line")]
    [DataRow("This item is long enough to look like a wrapped line\nii) second\nb. third", "This item is long enough to look like a wrapped line\n|ii) second\n|b. third", DisplayName = "small list marks")]
    [DataRow("- one\n* two\n\u2022 three", "- one\n|* two\n|\u2022 three", DisplayName = "bullets")]
    [DataRow("(It works.) Good. [Yes!] So.", "(It works.) |Good. |[Yes!] |So.", DisplayName = "brackets")]
    [DataRow("Er sagte: \u00BBNein.\u00AB Sie sagte: \u201EDoch!\u201C Ende.", "Er sagte: \u00BBNein.\u00AB |Sie sagte: \u201EDoch!\u201C |Ende.", DisplayName = "German quotes")]
    [DataRow("\u00BFQu\u00E9? \u00A1Hola! S\u00ED.", "\u00BFQu\u00E9? |\u00A1Hola! |S\u00ED.", DisplayName = "Spanish")]
    [DataRow("Use `a. b! c?` here. Then go.", "Use `a. b! c?` here. |Then go.", DisplayName = "code in a line")]
    [DataRow("A tick ` alone. Next.", "A tick ` alone. |Next.", DisplayName = "a lone backtick")]
    [DataRow("````\n```\na. b\n```\n````\nDone.", "````\n```\na. b\n```\n````\n|Done.", DisplayName = "a fence in a fence")]
    [DataRow("~~~ python\nx. Y\n~~~\nA. One", "~~~ python\nx. Y\n~~~\n|A. One", DisplayName = "a block of tildes")]
    [DataRow("```\nnever closed. At all.", "```\nnever closed. At all.", DisplayName = "a block that stays open")]
    [DataRow("Which?\n(A) red\n(B) blue\nC. green\nD: grey", "Which?\n|(A) red\n|(B) blue\n|C. green\n|D: grey", DisplayName = "options of other kinds")]
    [DataRow("one\r\ntwo\rthree\u2028four\u2029five\u0085six\vseven\feight", "one\r\n|two\r|three\u2028|four\u2029|five\u0085|six\v|seven\f|eight", DisplayName = "line ends of all kinds")]
    [DataRow("\u4ED6\u8BF4\uFF1A\u201C\u597D\u3002\u201D\u7136\u540E\u8D70\u4E86\u3002", "\u4ED6\u8BF4\uFF1A\u201C\u597D\u3002\u201D|\u7136\u540E\u8D70\u4E86\u3002", DisplayName = "Chinese quotes")]
    [DataRow("\u300C\u306F\u3044\u3002\u300D\u5024\u306F\uFF13\uFF0E\uFF15\u3067\u3059\uFF0E\u6B21", "\u300C\u306F\u3044\u3002\u300D|\u5024\u306F\uFF13\uFF0E\uFF15\u3067\u3059\uFF0E|\u6B21", DisplayName = "Japanese, full-width points")]
    [DataRow("\u05E9\u05DC\u05D5\u05DD. \u05DE\u05D4 \u05E9\u05DC\u05D5\u05DE\u05DA? \u05D8\u05D5\u05D1", "\u05E9\u05DC\u05D5\u05DD. |\u05DE\u05D4 \u05E9\u05DC\u05D5\u05DE\u05DA? |\u05D8\u05D5\u05D1", DisplayName = "Hebrew")]
    [DataRow("\u03A4\u03B9\u037E \u039D\u03B1\u03B9.", "\u03A4\u03B9\u037E |\u039D\u03B1\u03B9.", DisplayName = "Greek")]
    [DataRow("Great \uD83D\uDC4D\uD83C\uDFFD. So \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67! Cafe\u0301. Yes", "Great \uD83D\uDC4D\uD83C\uDFFD. |So \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67! |Cafe\u0301. |Yes", DisplayName = "emoji and combining marks")]
    [DataRow("Is it 3 p.m.? What?! No\u203C Yes.", "Is it 3 p.m.? |What?! |No\u203C |Yes.", DisplayName = "marks together")]
    [DataRow("See https://example.com/a?b=1.2 now. Version 2.0.1 is out.", "See https://example.com/a?b=1.2 now. |Version 2.0.1 is out.", DisplayName = "addresses and versions")]
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
    public void RangesCoverAnyTextWithoutGaps() => AnyText.Sample(
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
        iter: 5000);

    [TestMethod]
    public void NoSentenceStartsInsideACharacterOrWithWhiteSpace() => AnyText.Sample(
        text =>
        {
            foreach (SentenceRange range in SentenceSegmenter.Enumerate(text))
            {
                Assert.IsFalse(range.Start > 0 && char.IsSurrogatePair(text[range.Start - 1], text[range.Start]));
                Assert.IsFalse(range.Start > 0 && char.IsWhiteSpace(text[range.Start]));
            }
        },
        iter: 3000);

    [TestMethod]
    public void ASentenceIsFoundAgainWhenTheTextStartsWithIt() => AnyText.Sample(
        text =>
        {
            // The enumerator looks back no further than the sentence's start.
            foreach (SentenceRange range in SentenceSegmenter.Enumerate(text))
            {
                SentenceEnumerator again = SentenceSegmenter.Enumerate(text.AsSpan(range.Start));
                Assert.IsTrue(again.MoveNext());
                Assert.AreEqual(range.Length, again.Current.End);
            }
        },
        iter: 1000);

    [TestMethod]
    public void AMegabyteOfAnythingIsCovered()
    {
        foreach (string part in (string[])[".", "`", "\"", "```\n", "J. ", " ", "\n", "\0", "\uD83D", "a", "~~~", "z. b. ", "\u3002"])
        {
            string text = new string(' ', 1 << 17) + string.Concat(Enumerable.Repeat(part, (1 << 20) / part.Length));
            int end = 0;
            foreach (SentenceRange range in SentenceSegmenter.Enumerate(text))
            {
                Assert.AreEqual(end, range.Start);
                end = range.End;
            }

            Assert.AreEqual(text.Length, end);
        }
    }

    [TestMethod]
    public void EnumeratesWithoutAllocating()
    {
        const string Text = "Dr. No said: \"Stop.\" Then 3.5 more. 今天很好。\nA) yes\nB) no\n```\na. b\n```\nUse `x. y` z. B. \uD83D now.";
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
