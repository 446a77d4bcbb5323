namespace DlpLora.Runtime.Training;

/// <summary>What an epoch of one network came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">The mean training loss, in nats.</param>
/// <param name="ValidationLoss">The mean loss over the validation views, in nats.</param>
/// <param name="ValidationAccuracy">Top-1 over the validation views, 0 to 1.</param>
internal readonly record struct EpochFigures(int Epoch, double Loss, double ValidationLoss, double ValidationAccuracy);
