using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;

namespace DlpLora.Runtime.Training;

/// <summary>Trains a router anew in the background and puts it in the place of the one in use, if it is no worse.</summary>
/// <remarks>
/// The training runs on one thread of the lowest priority, whatever <see cref="RouterTrainingOptions.Threads"/> says: the requests go first. Nothing
/// changes before the end, and nothing where the training fails or is cancelled.
/// </remarks>
public static class RouterRetrainer
{
    /// <summary>The share of each label's rows that is kept out of the training to compare on.</summary>
    private const double KeptOut = 0.1;

    /// <summary>
    /// How much worse than the router before, as a share of the rows, the new one may be: the one before may have learned from the very rows that are
    /// kept out now.
    /// </summary>
    private const double Tolerance = 0.002;

    /// <summary>Trains from old and new examples and replaces the engine's router by the result, if that is no worse on rows kept out.</summary>
    /// <param name="engine">The engine; requests may run all the time.</param>
    /// <param name="data">The examples of all labels, those that the router knows and the new ones.</param>
    /// <param name="options">The options; null takes the defaults.</param>
    /// <param name="progress">Told after every epoch, on the training's thread.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="InvalidOperationException">The engine has no router.</exception>
    /// <exception cref="DlpLoraException">The training failed.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public static async Task<RouterRetraining> RetrainAsync(
        DlpLoraEngine engine,
        RouterTrainingData data,
        RouterTrainingOptions? options = null,
        IProgress<RouterTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Router before = engine.Router ?? throw new InvalidOperationException("The engine has no router to replace.");
        RouterRetraining result = await RetrainAsync(before, data, options, progress, cancellationToken).ConfigureAwait(false);
        return result with { Replaced = result.Accepted && engine.TryReplaceRouter(result.Trained.Router, before) };
    }

    /// <summary>Trains from old and new examples and compares the result with a router.</summary>
    /// <param name="before">The router in use.</param>
    /// <param name="data">The examples of all labels, those that the router knows and the new ones.</param>
    /// <param name="options">The options; null takes the defaults. Without a fingerprint it gets the one of <paramref name="before"/>.</param>
    /// <param name="progress">Told after every epoch, on the training's thread.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <exception cref="DlpLoraException">The training failed.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public static Task<RouterRetraining> RetrainAsync(
        Router before,
        RouterTrainingData data,
        RouterTrainingOptions? options = null,
        IProgress<RouterTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(data);
        options = (options ?? new RouterTrainingOptions()) with { Threads = 1 };
        options = options with { BaseFingerprint = options.BaseFingerprint ?? before.BaseFingerprint };
        TaskCompletionSource<RouterRetraining> done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A loop of one thread runs on the thread that starts it, so all the work gets this thread's priority.
        Thread thread = new(() =>
        {
            try
            {
                done.SetResult(Retrain(before, data, options, progress, cancellationToken));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                done.SetCanceled(cancellationToken);
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        })
        {
            IsBackground = true,
            Name = "router retraining",
            Priority = ThreadPriority.Lowest,
        };
        thread.Start();
        return done.Task;
    }

    private static RouterRetraining Retrain(
        Router before,
        RouterTrainingData data,
        RouterTrainingOptions options,
        IProgress<RouterTrainingProgress>? progress,
        CancellationToken cancellationToken)
    {
        (List<TextAnatomy> train, List<TextAnatomy> validation) = ValidationSplit.Split(RouterTrainer.Anatomies(data), data.Labels.Count, KeptOut, options.Seed);
        RouterExample[] kept = Examples(validation, data);
        TrainedRouter trained = RouterTrainer.Train(RouterTrainingData.FromExamples(Examples(train, data)), options, progress, cancellationToken);
        double old = Accuracy(before, kept);
        double fresh = Accuracy(trained.Router, kept);
        return new RouterRetraining
        {
            Trained = trained,
            Before = before,
            ComparedRows = kept.Length,
            AccuracyBefore = old,
            AccuracyAfter = fresh,
            Accepted = fresh >= old - Tolerance,
        };
    }

    private static RouterExample[] Examples(IReadOnlyList<TextAnatomy> rows, RouterTrainingData data) =>
        [.. rows.Select(r => new RouterExample(r.Text, data.Labels[r.Label]))];

    private static double Accuracy(Router router, RouterExample[] rows)
    {
        // Abstaining is another matter: the likeliest label counts.
        RoutingPolicy policy = RoutingPolicy.Default with { Abstain = false };
        RoutingDecision decision = new();
        int right = 0;
        foreach (RouterExample row in rows)
        {
            router.Decide(row.Text, policy, decision);
            right += decision.Adapters.Count > 0 && decision.Adapters[0].Name == row.Label ? 1 : 0;
        }

        return rows.Length == 0 ? 1 : (double)right / rows.Length;
    }
}
