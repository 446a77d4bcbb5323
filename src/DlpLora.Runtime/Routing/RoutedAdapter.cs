namespace DlpLora.Runtime.Routing;

/// <summary>An adapter that a decision kept.</summary>
/// <param name="Name">The router's label, which is the adapter's name.</param>
/// <param name="Weight">Its weight in the mixture, 0 to 1.</param>
/// <param name="Probability">Its calibrated probability among the candidates, 0 to 1.</param>
public readonly record struct RoutedAdapter(string Name, float Weight, float Probability);
