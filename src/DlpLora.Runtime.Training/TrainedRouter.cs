using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Training;

/// <summary>A router fresh from training.</summary>
public sealed class TrainedRouter
{
    internal TrainedRouter(Router router, RouterTrainingReport report, int epochs, double accuracy, TimeSpan time)
    {
        Router = router;
        Report = report;
        Epochs = epochs;
        ValidationAccuracy = accuracy;
        TrainingTime = time;
    }

    /// <summary>The router, ready to use.</summary>
    public Router Router { get; }

    /// <summary>What became of the rows.</summary>
    public RouterTrainingReport Report { get; }

    /// <summary>The epochs that were run.</summary>
    public int Epochs { get; }

    /// <summary>Top-1 over views of the validation rows, 0 to 1.</summary>
    public double ValidationAccuracy { get; }

    /// <summary>Wall time.</summary>
    public TimeSpan TrainingTime { get; }

    /// <summary>Writes the router file, whole or not at all.</summary>
    /// <param name="path">The <c>.safetensors</c> file to create or replace.</param>
    /// <exception cref="InvalidFileException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Router.Save(path);
    }
}
