namespace DlpLora.Runtime.Training;

/// <summary>A text and the label (the adapter's name) that it should be routed to.</summary>
/// <param name="Text">The user's text.</param>
/// <param name="Label">The label.</param>
public readonly record struct RouterExample(string Text, string Label);
