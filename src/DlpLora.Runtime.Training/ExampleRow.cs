namespace DlpLora.Runtime.Training;

/// <summary>An example and the place that it was read from.</summary>
internal readonly record struct ExampleRow(RouterExample Example, string Path, int Line);
