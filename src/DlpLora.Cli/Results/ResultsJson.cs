using System.Text.Json.Serialization;
using DlpLora.Cli.Inspection;
using DlpLora.Runtime.Diagnostics;

namespace DlpLora.Cli.Results;

/// <summary>Field names in snake case, as in <c>docs/cli.md</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouteResult))]
[JsonSerializable(typeof(ExplainResult))]
[JsonSerializable(typeof(ErrorResult))]
[JsonSerializable(typeof(GenerateResult))]
[JsonSerializable(typeof(RuntimeReport))]
[JsonSerializable(typeof(InspectResult))]
internal sealed partial class ResultsJson : JsonSerializerContext;
