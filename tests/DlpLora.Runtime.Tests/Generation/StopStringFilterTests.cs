using System.Buffers;
using System.Text;
using CsCheck;
using DlpLora.Runtime.Generation;

namespace DlpLora.Runtime.Tests.Generation;

[TestClass]
public sealed class StopStringFilterTests
{
    [TestMethod]
    [DataRow("Hello. End of it", "End", "Hello. ")]
    [DataRow("aaab", "aab", "a")]
    [DataRow("abcabd", "abd", "abc")]
    [DataRow("nothing here", "xyz", null)]
    [DataRow("stop", "stop", "")]
    public void TextEndsBeforeTheStopString(string text, string stop, string? expected)
    {
        foreach (int size in new[] { 1, 2, 3, 100 })
        {
            (string released, bool stopped) = Run(text, size, stop);
            Assert.AreEqual(expected is not null, stopped, $"pieces of {size}");
            Assert.AreEqual(expected ?? text, released, $"pieces of {size}");
        }
    }

    [TestMethod]
    public void TheStopStringThatIsCompleteFirstCounts()
    {
        foreach (int size in new[] { 1, 2, 4 })
        {
            Assert.AreEqual(("a", true), Run("abcd", size, "abcd", "bc"));
            Assert.AreEqual((string.Empty, true), Run("abc", size, "abc", "bc"));
        }
    }

    [TestMethod]
    public void ThePiecesNeverMatter() => Gen.Select(
        Gen.String[Gen.Char['a', 'c'], 0, 30], Gen.String[Gen.Char['a', 'c'], 1, 4].Array[0, 3], Gen.Int[1, 5]).Sample((text, stops, size) =>
        {
            int end = Enumerable.Range(1, text.Length).FirstOrDefault(e => stops.Any(s => text.AsSpan(0, e).EndsWith(s)), -1);
            string expected = end < 0 ? text : text[..(end - stops.Where(s => text.AsSpan(0, end).EndsWith(s)).Max(s => s.Length))];
            Assert.AreEqual((expected, end >= 0), Run(text, size, stops));
        });

    [TestMethod]
    public void OnlyWhatMayBecomeAStopStringIsHeldBack()
    {
        StopStringFilter filter = new(["<end>"]);
        filter.Input.Write("text <en");
        Assert.AreEqual("text ", filter.Advance(out bool stopped).ToString());
        Assert.IsFalse(stopped);
        filter.Input.Write("x");
        Assert.AreEqual("<enx", filter.Advance(out _).ToString());
        filter.Input.Write("<e");
        Assert.AreEqual(string.Empty, filter.Advance(out _).ToString());
        Assert.AreEqual("<e", filter.Flush().ToString());
        Assert.AreEqual("text <enx<e", filter.Released.ToString());
    }

    private static (string Released, bool Stopped) Run(string text, int size, params string[] stops)
    {
        StopStringFilter filter = new(stops);
        StringBuilder pieces = new();
        for (int from = 0; from < text.Length; from += size)
        {
            filter.Input.Write(text.AsSpan(from, Math.Min(size, text.Length - from)));
            pieces.Append(filter.Advance(out bool stopped));
            if (stopped)
            {
                Assert.AreEqual(pieces.ToString(), filter.Released.ToString());
                return (pieces.ToString(), true);
            }
        }

        pieces.Append(filter.Flush());
        Assert.AreEqual(pieces.ToString(), filter.Released.ToString());
        return (pieces.ToString(), false);
    }
}
