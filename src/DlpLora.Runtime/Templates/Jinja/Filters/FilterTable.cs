using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>The filters by name. A new one is one more line here.</summary>
internal static class FilterTable
{
    private static readonly Dictionary<string, Filter> Filters = new(StringComparer.Ordinal)
    {
        ["abs"] = (_, value, _) => Compute.Absolute(value),
        ["batch"] = SequenceFilters.Batch,
        ["capitalize"] = (_, value, _) => TextMethods.Capitalize(PyText.Str(value)),
        ["count"] = (_, value, _) => Kinds.LengthOf(value),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = SequenceFilters.DictSort,
        ["e"] = (_, value, _) => TextFilters.Escape(value),
        ["escape"] = (_, value, _) => TextFilters.Escape(value),
        ["first"] = (_, value, _) => SequenceFilters.First(value),
        ["float"] = (_, value, arguments) => Compute.Float(value, arguments),
        ["groupby"] = SequenceFilters.GroupBy,
        ["indent"] = TextFilters.Indent,
        ["int"] = (_, value, arguments) => Compute.Integer(value, arguments),
        ["items"] = (_, value, _) => SequenceFilters.Items(value),
        ["join"] = TextFilters.Join,
        ["last"] = (_, value, _) => SequenceFilters.Last(value),
        ["length"] = (_, value, _) => Kinds.LengthOf(value),
        ["list"] = (_, value, _) => Kinds.Iterate(value).ToList(),
        ["lower"] = (_, value, _) => PyText.Str(value).ToLowerInvariant(),
        ["map"] = SelectFilters.Map,
        ["max"] = (_, value, arguments) => SequenceFilters.Extreme(value, arguments, sign: 1),
        ["min"] = (_, value, arguments) => SequenceFilters.Extreme(value, arguments, sign: -1),
        ["reject"] = (context, value, arguments) => SelectFilters.Select(context, value, arguments, keep: false),
        ["rejectattr"] = (context, value, arguments) => SelectFilters.SelectAttribute(context, value, arguments, keep: false),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = (_, value, _) => SequenceFilters.Reverse(value),
        ["round"] = (_, value, arguments) => Compute.Round(value, arguments),
        ["safe"] = (_, value, _) => value,
        ["select"] = (context, value, arguments) => SelectFilters.Select(context, value, arguments, keep: true),
        ["selectattr"] = (context, value, arguments) => SelectFilters.SelectAttribute(context, value, arguments, keep: true),
        ["sort"] = SequenceFilters.Sort,
        ["string"] = (_, value, _) => PyText.Str(value),
        ["sum"] = SequenceFilters.Sum,
        ["title"] = (_, value, _) => TextFilters.Title(PyText.Str(value)),
        ["tojson"] = TextFilters.ToJson,
        ["trim"] = (_, value, arguments) => TextMethods.Strip(PyText.Str(value), arguments, start: true, end: true),
        ["unique"] = SequenceFilters.Unique,
        ["upper"] = (_, value, _) => PyText.Str(value).ToUpperInvariant(),
        ["wordcount"] = (_, value, _) => (long)PyText.Str(value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length,
    };

    public static Filter? Find(string name) => Filters.GetValueOrDefault(name);

    private static object? Default(RenderContext context, object? value, CallArguments arguments)
    {
        bool alsoFalse = Kinds.IsTrue(arguments.Only(2, "default_value", "boolean").Get(1, "boolean", false));
        return value is Undefined || (alsoFalse && !Kinds.IsTrue(value)) ? arguments.Get(0, "default_value", string.Empty) : value;
    }
}
