namespace DlpLora.Runtime.Training;

/// <summary>Where the training stands after an epoch.</summary>
/// <param name="Epoch">The epoch just done, from 1.</param>
/// <param name="Epochs">The epochs of the whole training.</param>
/// <param name="Loss">The mean training loss, in nats.</param>
/// <param name="ValidationLoss">The mean loss over the validation views, in nats.</param>
/// <param name="ValidationAccuracy">Top-1 over the validation views, 0 to 1.</param>
/// <param name="Elapsed">Time since the start.</param>
public readonly record struct RouterTrainingProgress(
    int Epoch, int Epochs, double Loss, double ValidationLoss, double ValidationAccuracy, TimeSpan Elapsed);
