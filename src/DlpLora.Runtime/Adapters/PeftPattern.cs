using System.Text.RegularExpressions;

namespace DlpLora.Runtime.Adapters;

/// <summary>A pattern out of <c>adapter_config.json</c>: a stranger's regular expression, so it runs in linear time or against a clock.</summary>
internal sealed class PeftPattern
{
    private const int MaximumLength = 4096;

    /// <summary>For patterns that need backtracking. Wall time: long enough that a busy machine refuses no sound adapter.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Regex _regex;
    private readonly string _path;
    private readonly string _place;

    private PeftPattern(Regex regex, string path, string place)
    {
        _regex = regex;
        _path = path;
        _place = place;
    }

    /// <summary>PEFT's <c>re.fullmatch(pattern, module)</c>, for target and exclude strings.</summary>
    public static PeftPattern Whole(string pattern, string path, string place) => Create(pattern, $@"\A(?:{pattern})\z", path, place);

    /// <summary>PEFT's <c>re.match(r"(.*\.)?(key)$", module)</c>, for rank and alpha patterns: the module's name is the key, or ends with a dot and the key.</summary>
    public static PeftPattern Suffix(string key, string path, string place) => Create(key, $@"\A(?:.*\.)?(?:{key})\z", path, place);

    /// <summary>PEFT's <c>re.match(r".*\.pattern\.(\d+)\.", module)</c>: the layer's index is group 1.</summary>
    public static PeftPattern Layer(string pattern, string path, string place) => Create(pattern, $@"\A.*\.(?:{pattern})\.(?<index>\d+)\.", path, place);

    public bool IsMatch(string module) => Match(module).Success;

    /// <summary>The layer's index in a module's name, or null where the name does not match.</summary>
    public int? LayerIndex(string module)
    {
        Match match = Match(module);
        return match.Success && int.TryParse(match.Groups["index"].ValueSpan, out int index) ? index : null;
    }

    private static PeftPattern Create(string pattern, string anchored, string path, string place)
    {
        if (pattern.Length is 0 or > MaximumLength)
        {
            throw new InvalidFileException(path, place, $"is a pattern of {pattern.Length} characters; expected 1 to {MaximumLength}");
        }

        try
        {
            // The pattern alone first: so that one with unbalanced brackets is not completed by ours.
            _ = new Regex(pattern, RegexOptions.CultureInvariant, Timeout);
            try
            {
                return new PeftPattern(new Regex(anchored, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking), path, place);
            }
            catch (NotSupportedException)
            {
                // Look-arounds and back-references need backtracking.
                return new PeftPattern(new Regex(anchored, RegexOptions.CultureInvariant, Timeout), path, place);
            }
        }
        catch (ArgumentException error)
        {
            throw new InvalidFileException(path, place, $"'{pattern}' is not a regular expression ({error.Message})", error);
        }
    }

    private Match Match(string module)
    {
        try
        {
            return _regex.Match(module);
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new InvalidFileException(_path, _place, $"takes longer than {Timeout.TotalSeconds} s to match '{module}'", error);
        }
    }
}
