using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>The tests by name. A new one is one more line here.</summary>
internal static class TestTable
{
    private static readonly Dictionary<string, Test> Tests = new(StringComparer.Ordinal)
    {
        ["defined"] = (value, _) => value is not Undefined,
        ["undefined"] = (value, _) => value is Undefined,
        ["none"] = (value, _) => value is null,
        ["string"] = (value, _) => value is string,
        ["number"] = (value, _) => value is long or double or bool,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["mapping"] = (value, _) => value is Dict,
        ["sequence"] = (value, _) => value is string or List<object?> or Dict or Undefined,
        ["iterable"] = (value, _) => value is string or List<object?> or Dict or Undefined,
        ["callable"] = (value, _) => value is Callable,
        ["even"] = (value, _) => Integer(value) % 2 == 0,
        ["odd"] = (value, _) => Integer(value) % 2 != 0,
        ["divisibleby"] = (value, arguments) => arguments.Integer(0, "num", 0) is not 0 and var by ? Integer(value) % by == 0 : throw new JinjaError("divides by zero"),
        ["equalto"] = AreEqual,
        ["eq"] = AreEqual,
        ["=="] = AreEqual,
        ["ne"] = (value, arguments) => !AreEqual(value, arguments),
        ["!="] = (value, arguments) => !AreEqual(value, arguments),
        ["sameas"] = (value, arguments) => arguments.Required(0, "other") is var other && Kinds.NameOf(value) == Kinds.NameOf(other) && Operators.AreEqual(value, other),
        ["lt"] = (value, arguments) => Compare(value, arguments) < 0,
        ["lessthan"] = (value, arguments) => Compare(value, arguments) < 0,
        ["<"] = (value, arguments) => Compare(value, arguments) < 0,
        ["le"] = (value, arguments) => Compare(value, arguments) <= 0,
        ["<="] = (value, arguments) => Compare(value, arguments) <= 0,
        ["gt"] = (value, arguments) => Compare(value, arguments) > 0,
        ["greaterthan"] = (value, arguments) => Compare(value, arguments) > 0,
        [">"] = (value, arguments) => Compare(value, arguments) > 0,
        ["ge"] = (value, arguments) => Compare(value, arguments) >= 0,
        [">="] = (value, arguments) => Compare(value, arguments) >= 0,
        ["in"] = (value, arguments) => Operators.Contains(arguments.Required(0, "seq"), value),
        ["upper"] = (value, _) => PyText.Str(value) is var text && text.Any(char.IsUpper) && !text.Any(char.IsLower),
        ["lower"] = (value, _) => PyText.Str(value) is var text && text.Any(char.IsLower) && !text.Any(char.IsUpper),
        ["filter"] = (value, _) => value is string name && FilterTable.Find(name) is not null,
        ["test"] = (value, _) => value is string name && Find(name) is not null,
    };

    public static Test? Find(string name) => Tests.GetValueOrDefault(name);

    private static bool AreEqual(object? value, CallArguments arguments) => Operators.AreEqual(value, arguments.Required(0, "other"));

    private static int Compare(object? value, CallArguments arguments) => Operators.Compare(value, arguments.Required(0, "other"));

    private static long Integer(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new JinjaError($"a {Kinds.NameOf(value)} is neither odd nor even"),
    };
}
