using System.Text.Json.Serialization;

namespace DlpLora.Cli.Results;

/// <summary>Field names in snake case, as in <c>docs/cli.md</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RouteResult))]
[JsonSerializable(typeof(ErrorResult))]
[JsonSerializable(typeof(GenerateResult))]
internal sealed partial class ResultsJson : JsonSerializerContext;
