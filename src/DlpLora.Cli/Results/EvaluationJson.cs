using System.Text.Json.Serialization;
using DlpLora.Runtime.Training;

namespace DlpLora.Cli.Results;

/// <summary>Field names in camel case, as <c>router eval</c> prints them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RouterEvaluation))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
