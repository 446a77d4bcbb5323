namespace DlpLora.Runtime.Tokenization;

/// <summary>
/// The alphabet of byte-level BPE (Radford et al. 2019): every byte is written as one printable character, so that a vocabulary of
/// strings can hold arbitrary bytes. Printable Latin-1 stands for itself, the other 68 bytes are U+0100 and up in order.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = CreateCharacters();
    private static readonly short[] Bytes = CreateBytes();

    /// <summary>The character that stands for a byte.</summary>
    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>Writes the bytes that a spelling stands for, one a character.</summary>
    /// <param name="spelling">The spelling.</param>
    /// <param name="bytes">At least as long as the spelling.</param>
    /// <returns>False where a character is not of this alphabet.</returns>
    public static bool TryGetBytes(ReadOnlySpan<char> spelling, Span<byte> bytes)
    {
        for (int i = 0; i < spelling.Length; i++)
        {
            char c = spelling[i];
            if (c >= Bytes.Length || Bytes[c] < 0)
            {
                return false;
            }

            bytes[i] = (byte)Bytes[c];
        }

        return true;
    }

    /// <summary>The spelling of bytes.</summary>
    public static string SpellingOf(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (target, source) =>
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = Characters[source[i]];
        }
    });

    private static char[] CreateCharacters()
    {
        char[] characters = new char[256];
        char next = '\u0100';
        for (int b = 0; b < 256; b++)
        {
            bool printable = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[b] = printable ? (char)b : next++;
        }

        return characters;
    }

    private static short[] CreateBytes()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < 256; b++)
        {
            bytes[Characters[b]] = (short)b;
        }

        return bytes;
    }
}
