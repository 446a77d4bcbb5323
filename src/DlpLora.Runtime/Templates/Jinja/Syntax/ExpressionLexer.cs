using System.Globalization;
using System.Text;

namespace DlpLora.Runtime.Templates.Jinja.Syntax;

/// <summary>Cuts the inside of a tag into names, literals and operators.</summary>
internal sealed class ExpressionLexer(string source, List<Token> tokens)
{
    private static readonly string[] Operators =
    [
        "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", ">", "<", "=", ".", ":", "|", ",", "(", ")", "[", "]", "{", "}",
    ];

    /// <summary>Reads up to and over the closing mark.</summary>
    /// <returns>The position after the mark, and the sign before it.</returns>
    public (int End, char Sign) Read(int position, string close, ref int line)
    {
        int firstLine = line;
        int open = 0;
        while (position < source.Length)
        {
            char c = source[position];
            if (open == 0 && source.AsSpan(position).StartsWith(close, StringComparison.Ordinal))
            {
                return (position + close.Length, '\0');
            }

            if (open == 0 && c is '-' or '+' && source.AsSpan(position + 1).StartsWith(close, StringComparison.Ordinal))
            {
                return (position + 1 + close.Length, c);
            }

            if (char.IsWhiteSpace(c))
            {
                line += c == '\n' ? 1 : 0;
                position++;
            }
            else if (c is '"' or '\'')
            {
                position = Text(position, ref line);
            }
            else if (char.IsAsciiDigit(c))
            {
                position = Number(position, line);
            }
            else if (char.IsLetter(c) || c == '_')
            {
                int start = position;
                while (position < source.Length && (char.IsLetterOrDigit(source[position]) || source[position] == '_'))
                {
                    position++;
                }

                tokens.Add(new Token(TokenKind.Name, source[start..position], line));
            }
            else
            {
                string mark = Operator(position, line);
                open += mark is "(" or "[" or "{" ? 1 : mark is ")" or "]" or "}" ? -1 : 0;
                tokens.Add(new Token(TokenKind.Operator, mark, line));
                position += mark.Length;
            }
        }

        throw new JinjaError($"a tag has no closing '{close}'", firstLine);
    }

    private string Operator(int position, int line)
    {
        foreach (string mark in Operators)
        {
            if (source.AsSpan(position).StartsWith(mark, StringComparison.Ordinal))
            {
                return mark;
            }
        }

        throw new JinjaError($"the character '{source[position]}' does not belong in an expression", line);
    }

    private int Number(int start, int line)
    {
        int end = Digits(start);
        bool isFloat = false;
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            isFloat = true;
            end = Digits(end + 1);
        }

        if (end < source.Length && source[end] is 'e' or 'E')
        {
            int exponent = end + 1 + (end + 1 < source.Length && source[end + 1] is '+' or '-' ? 1 : 0);
            if (exponent < source.Length && char.IsAsciiDigit(source[exponent]))
            {
                isFloat = true;
                end = Digits(exponent);
            }
        }

        tokens.Add(new Token(isFloat ? TokenKind.Float : TokenKind.Integer, source[start..end].Replace("_", string.Empty, StringComparison.Ordinal), line));
        return end;
    }

    private int Digits(int position)
    {
        while (position < source.Length && (char.IsAsciiDigit(source[position]) || source[position] == '_'))
        {
            position++;
        }

        return position;
    }

    private int Text(int start, ref int line)
    {
        char quote = source[start];
        int firstLine = line;
        StringBuilder text = new();
        for (int i = start + 1; i < source.Length; i++)
        {
            char c = source[i];
            if (c == quote)
            {
                tokens.Add(new Token(TokenKind.Text, text.ToString(), firstLine));
                return i + 1;
            }

            line += c == '\n' ? 1 : 0;
            if (c == '\\' && i + 1 < source.Length)
            {
                i = Escape(i + 1, text, firstLine);
            }
            else
            {
                text.Append(c);
            }
        }

        throw new JinjaError("a string has no end", firstLine);
    }

    /// <summary>Appends one escape of Python's and returns its last character's position.</summary>
    private int Escape(int i, StringBuilder text, int line)
    {
        char c = source[i];
        const string Plain = "\\'\"abfnrtv0";
        const string Meaning = "\\'\"\a\b\f\n\r\t\v\0";
        int plain = Plain.IndexOf(c, StringComparison.Ordinal);
        if (plain >= 0)
        {
            text.Append(Meaning[plain]);
            return i;
        }

        int digits = c switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0)
        {
            _ = c == '\n' ? text : text.Append('\\').Append(c);
            return i;
        }

        if (i + digits >= source.Length
            || !int.TryParse(source.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code)
            || code is < 0 or > 0x10FFFF)
        {
            throw new JinjaError($"the escape '\\{c}' wants {digits} hexadecimal digits", line);
        }

        _ = code > 0xFFFF ? text.Append(char.ConvertFromUtf32(code)) : text.Append((char)code);
        return i + digits;
    }
}
