using System.Globalization;

namespace DlpLora.Runtime.Routing;

/// <summary>
/// Text to feature hashes: word n-grams and the character n-grams inside words, case-folded, each run of digits taken as one sign, each
/// run of one punctuation mark as one word; the shapes of three such signs in a row; and how many lines are choices. Any UTF-16 is
/// accepted, lone surrogates and NUL too.
/// </summary>
internal static class FeatureExtractor
{
    /// <summary>Longer words are cut into pieces of this many UTF-16 units; scripts without spaces arrive here as one word.</summary>
    private const int WordLimit = 48;

    private const uint WordSeed = 0x9E3779B1;
    private const uint PairSeed = 0x85EBCA77;
    private const uint TripleSeed = 0xC2B2AE3D;
    private const uint GramSeed = 0x27D4EB2F;
    private const uint ChoiceSeed = 0x5851F42D;

    /// <summary>More choices than this are as many.</summary>
    private const int MostChoices = 6;

    private const ulong ShapeSeed = 0x165667B19E3779F9;
    private const ulong LastThreeShapes = 0xFFFF_FFFF_FFFF;
    private const char Border = '\u0001';

    /// <summary>The shape of a word with letters beyond ASCII.</summary>
    private const char ForeignShape = '\u00E9';

    private const uint UpperHalf = 0x8000_0000;

    private enum Kind : byte
    {
        Space,
        Letter,
        Digit,
        Sign,
    }

    public static void Extract<TSink>(ReadOnlySpan<char> text, FeatureRecipe recipe, scoped ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        // One word between two borders: [1 + WordLimit + 1].
        Span<char> word = stackalloc char[WordLimit + 2];
        word[0] = Border;
        uint previous = 0;
        uint beforePrevious = 0;
        ulong shapes = 0; // 16 bits a sign, the last one lowest
        int position = 0;
        int choices = 0;
        bool lineStart = true;
        while (position < text.Length)
        {
            char first = text[position];
            if (lineStart && first > ' ')
            {
                lineStart = false;
                choices += recipe.ChoiceCopies > 0 && IsChoice(text[position..]) ? 1 : 0;
            }

            Kind kind = KindOf(first);
            if (kind == Kind.Space)
            {
                // A line break is part of the shapes around it, but no feature of its own: white space alone has none.
                if (first == '\n' && (ushort)shapes != '\n')
                {
                    shapes = ((shapes << 16) | '\n') & LastThreeShapes;
                }

                lineStart |= first is '\n' or '\r';
                position++;
                continue;
            }

            uint hash;
            char shape = kind == Kind.Digit ? '0' : first;
            if (kind == Kind.Letter)
            {
                int length = 0;
                hash = WordSeed;
                int capitals = 0;
                bool foreign = false;
                do
                {
                    char folded = Fold(text[position]);
                    capitals += folded == text[position] ? 0 : 1;
                    foreign |= folded >= 128;
                    word[++length] = folded;
                    hash = (hash ^ folded) * 0x01000193;
                    position++;
                }
                while (position < text.Length && length < WordLimit && KindOf(text[position]) == Kind.Letter);

                shape = foreign && recipe.ForeignShape ? ForeignShape
                    : capitals == 0 ? 'a' : capitals == length && length > 1 ? 'X' : 'A';
                word[length + 1] = Border;
                AddGrams(word[..(length + 2)], recipe, ref sink);
            }
            else
            {
                // A run of digits is one sign '0'; a run of the same mark is that mark once.
                do
                {
                    position++;
                }
                while (position < text.Length && (kind == Kind.Digit ? KindOf(text[position]) == Kind.Digit : text[position] == first));

                hash = (WordSeed ^ (kind == Kind.Digit ? '0' : first)) * 0x01000193;
            }

            AddShape(shape, recipe, ref shapes, ref sink);
            hash = Mix(hash);
            sink.Add(OfOne(hash, recipe));
            if (previous != 0)
            {
                if (recipe.WordGrams >= 2)
                {
                    sink.Add(OfRun(Mix((previous * PairSeed) + hash), recipe));
                }

                if (recipe.WordGrams >= 3 && beforePrevious != 0)
                {
                    sink.Add(OfRun(Mix((((beforePrevious * PairSeed) + previous) * TripleSeed) + hash), recipe));
                }
            }

            beforePrevious = previous;
            previous = hash | 1;
        }

        // White space alone has no feature.
        for (int i = 0; previous != 0 && i < recipe.ChoiceCopies; i++)
        {
            sink.Add(OfOne(Mix(ChoiceSeed + (uint)Math.Min(choices, MostChoices)), recipe));
        }
    }

    /// <summary>The row of a hash: multiply and shift, so that the table may have any number of rows.</summary>
    public static int Row(uint hash, int rows) => (int)(((ulong)hash * (uint)rows) >> 32);

    private static void AddShape<TSink>(char shape, FeatureRecipe recipe, ref ulong shapes, scoped ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        shapes = ((shapes << 16) | shape) & LastThreeShapes;
        if (recipe.Shapes)
        {
            ulong mixed = (shapes + 1) * ShapeSeed;
            sink.Add(OfOne(Mix((uint)(mixed >> 32)), recipe));
        }
    }

    private static void AddGrams<TSink>(scoped ReadOnlySpan<char> bordered, FeatureRecipe recipe, scoped ref TSink sink)
        where TSink : struct, IFeatureSink, allows ref struct
    {
        int from = recipe.CharacterGramsFrom;
        int to = recipe.CharacterGramsTo;
        for (int start = 0; start < bordered.Length; start++)
        {
            uint hash = GramSeed;
            int end = Math.Min(start + to, bordered.Length);
            for (int i = start; i < end; i++)
            {
                hash = (hash ^ bordered[i]) * 0x01000193;
                int length = i - start + 1;

                // The gram that is the whole word says nothing that the word itself does not say.
                if (length >= from && length < bordered.Length)
                {
                    sink.Add(OfOne(Mix(hash), recipe));
                }
            }
        }
    }

    /// <summary>Whether a line is a choice: <c>A) </c>, <c>(b) </c>, <c>[3] </c>, <c>c. </c>, <c>D: </c>, <c>- </c>, <c>* </c>.</summary>
    private static bool IsChoice(ReadOnlySpan<char> line)
    {
        if (line.Length > 2 && line[0] is '-' or '*' or '\u2022')
        {
            return line[1] == ' ';
        }

        if (line.StartsWith("Option ", StringComparison.Ordinal))
        {
            line = line["Option ".Length..];
        }

        int i = line.Length > 0 && line[0] is '(' or '[' ? 1 : 0;
        return line.Length > i + 2 && char.IsAsciiLetterOrDigit(line[i]) && line[i + 1] is ')' or ']' or '.' or ':' && line[i + 2] == ' ';
    }

    private static char Fold(char c) => c < 128
        ? (uint)(c - 'A') <= 'Z' - 'A' ? (char)(c | 0x20) : c
        : char.ToLowerInvariant(c);

    /// <summary>The hash of a run of words.</summary>
    private static uint OfRun(uint hash, FeatureRecipe recipe) => recipe.RunsApart ? UpperHalf | (hash >> 1) : hash;

    /// <summary>The hash of any other feature.</summary>
    private static uint OfOne(uint hash, FeatureRecipe recipe) => recipe.RunsApart ? hash >> 1 : hash;

    private static uint Mix(uint hash)
    {
        hash ^= hash >> 16;
        hash *= 0x7FEB352D;
        hash ^= hash >> 15;
        hash *= 0x846CA68B;
        return hash ^ (hash >> 16);
    }

    private static Kind KindOf(char c)
    {
        if (c < 128)
        {
            return (uint)((c | 0x20) - 'a') <= 'z' - 'a' ? Kind.Letter
                : (uint)(c - '0') <= 9 ? Kind.Digit
                : c <= ' ' || c == 127 ? Kind.Space
                : Kind.Sign;
        }

        return char.GetUnicodeCategory(c) switch
        {
            UnicodeCategory.DecimalDigitNumber => Kind.Digit,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.Control or UnicodeCategory.Format => Kind.Space,
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark
                or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Surrogate => Kind.Letter,
            _ => Kind.Sign,
        };
    }
}
