using DlpLora.Runtime.Templates.Jinja.Values;

namespace DlpLora.Runtime.Templates.Jinja.Filters;

/// <summary>A filter: <c>value | name(arguments)</c>.</summary>
internal delegate object? Filter(RenderContext context, object? value, CallArguments arguments);

/// <summary>A test: <c>value is name(arguments)</c>.</summary>
internal delegate bool Test(object? value, CallArguments arguments);
