namespace DlpLora.Cli.Inspection;

/// <summary>What a file or folder holds.</summary>
/// <param name="Kind"><c>model folder</c>, <c>Hugging Face folder</c>, <c>GGUF</c>, <c>safetensors</c>, <c>adapter</c> or <c>router</c>.</param>
/// <param name="Path">The full path.</param>
/// <param name="Facts">Names and values.</param>
/// <param name="Tensors">The tensors, where the file has any to list.</param>
internal sealed record InspectResult(string Kind, string Path, IReadOnlyDictionary<string, string> Facts, IReadOnlyList<TensorRow>? Tensors);
