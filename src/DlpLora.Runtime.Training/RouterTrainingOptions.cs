using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>How a router is trained. The same data, options and seed give the same file on the same machine, whatever the number of threads.</summary>
public sealed record RouterTrainingOptions
{
    private readonly int _epochs = 12;
    private readonly int _threads = Math.Clamp(Environment.ProcessorCount, 1, 8);
    private readonly double _validationShare = 0.1;

    /// <summary>Seeds every random choice.</summary>
    /// <value>The default is 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Passes over the data, 1 to 1000, of each of two networks: one is calibrated on rows kept out of its training, the other learns most of those too
    /// and is the router's.
    /// </summary>
    /// <value>The default is 12.</value>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Epochs
    {
        get => _epochs;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Epochs));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000, nameof(Epochs));
            _epochs = value;
        }
    }

    /// <summary>The most threads at work.</summary>
    /// <value>The default is the number of processors, at most 8.</value>
    /// <exception cref="ArgumentOutOfRangeException">Zero or negative.</exception>
    public int Threads
    {
        get => _threads;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, nameof(Threads));
            _threads = value;
        }
    }

    /// <summary>The share of each label's rows that is kept for calibration, 0.02 to 0.5.</summary>
    /// <value>The default is 0.1.</value>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double ValidationShare
    {
        get => _validationShare;
        init
        {
            if (!(value is >= 0.02 and <= 0.5))
            {
                throw new ArgumentOutOfRangeException(nameof(ValidationShare), value, "ValidationShare must be from 0.02 to 0.5.");
            }

            _validationShare = value;
        }
    }

    /// <summary>Texts that belong to no adapter, beside those that come with this library; the router learns to abstain on their like.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<string> Negatives { get; init; } = [];

    /// <summary>Whether the everyday prompts that come with this library are used as texts that belong to no adapter.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool UseBuiltInNegatives { get; init; } = true;

    /// <summary>The fingerprint of the base that the router is for; null for any.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? BaseFingerprint { get; init; }

    internal FeatureRecipe Recipe { get; init; } = new() { ChoiceCopies = 8, RunsApart = true, ForeignShape = true };

    internal TrainingRecipe Training { get; init; } = new();
}
