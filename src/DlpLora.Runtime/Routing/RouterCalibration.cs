namespace DlpLora.Runtime.Routing;

/// <summary>What calibration found on held-out rows.</summary>
/// <param name="Temperature">The scores are divided by it before the softmax.</param>
/// <param name="AbstentionThreshold">Below this confidence the router abstains.</param>
/// <param name="SwitchPenalty">What a second segment costs, in nats of log probability.</param>
internal readonly record struct RouterCalibration(float Temperature, float AbstentionThreshold, float SwitchPenalty)
{
    public static RouterCalibration None { get; } = new(1, 0, 1);

    public bool IsValid => Temperature is > 0 and < 1000 && AbstentionThreshold is >= 0 and <= 1 && SwitchPenalty is >= 0 and < 1000;
}
