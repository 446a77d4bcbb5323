using System.Diagnostics;
using System.Text;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Routing.Wordings;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Runtime.Training;

/// <summary>Trains a router from examples, in process, on the CPU.</summary>
public static class RouterTrainer
{
    private const int HeldPrompts = 1500;

    /// <summary>Trains and calibrates.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="options">The options; null takes the defaults.</param>
    /// <param name="progress">Told after every epoch.</param>
    /// <param name="cancellationToken">Stops the training.</param>
    /// <returns>The router; save it with <see cref="TrainedRouter.Save"/>.</returns>
    /// <exception cref="DlpLoraException">There are more labels than a router of at most 5,000,000 numbers can hold.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public static TrainedRouter Train(
        RouterTrainingData data,
        RouterTrainingOptions? options = null,
        IProgress<RouterTrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new RouterTrainingOptions();
        Stopwatch clock = Stopwatch.StartNew();
        RouterLayout layout = RouterLayout.Fit(options, data.Labels.Count);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };

        List<TextAnatomy> rows = Anatomies(data);
        (List<TextAnatomy> train, List<TextAnatomy> validation) = ValidationSplit.Split(
            rows, data.Labels.Count, options.ValidationShare, options.Seed);
        (PromptGrammar? grammar, List<string> prompts, List<string> heldPrompts) = Negatives(options);

        ValidationSet views = ValidationSet.Create(validation, heldPrompts, data.Labels.Count, options);
        List<TextAnatomy> others = ReplaySampler.Others(validation);
        int passes = options.Training.Refit && others.Count > 0 ? 2 : 1;
        string[] wordings = options.Training.ForeignWordings ? NeutralWordings.With(train) : NeutralWordings.All;
        NegativeSampler negatives = new(grammar, prompts, train);
        (RouterNetwork network, double accuracy) = Learn(train, views, pass: 0);

        LogRatios? ratios = null;
        if (layout.Counted)
        {
            ratios = new(layout.Recipe, network.ScoreCount);
            ratios.Count(train, wordings, options, parallel);
            ratios.Count(negatives, options.Training.Negatives ? train.Count / data.Labels.Count : 0, options.Seed);
        }

        float strength = options.Training.CountStrength + (options.Training.FewRowsStrength * data.Labels.Count / train.Count);
        RouterCalibration calibration = Calibrator.Calibrate(Assemble(), views, validation, options).Calibration;

        // What was kept out has served: counting it cannot overfit, and a network that learns it as well knows more contents.
        ratios?.Count(others, wordings, options, parallel);
        if (passes == 2)
        {
            HashSet<TextAnatomy> learned = [.. others];
            ValidationSet kept = ValidationSet.Create(validation.FindAll(r => !learned.Contains(r)), heldPrompts, data.Labels.Count, options);
            (network, _) = Learn([.. train, .. others], kept, pass: 1);
        }

        RouterModel model = Assemble().With(calibration);
        model = model with { Replay = ReplaySampler.Sample(model, views, train, options.Seed) };

        cancellationToken.ThrowIfCancellationRequested();
        return new TrainedRouter(new Router(model, model.ComputeVersion()), data.Report, passes * options.Epochs, accuracy, clock.Elapsed);

        (RouterNetwork Network, double Accuracy) Learn(List<TextAnatomy> learned, ValidationSet measured, int pass)
        {
            RouterNetwork fresh = new(layout.Trained, data.Labels.Count + 1, options.Training.Hidden, options.Seed);
            TrainingLoop loop = new(fresh, learned, wordings, negatives, options);
            double top1 = loop.Run(
                measured,
                e => progress?.Report(new RouterTrainingProgress(
                    (pass * options.Epochs) + e.Epoch, passes * options.Epochs, e.Loss, e.ValidationLoss, e.ValidationAccuracy, clock.Elapsed)),
                cancellationToken);
            return (fresh, top1);
        }

        RouterModel Assemble() => NetworkAssembler.Assemble(
            network, ratios, strength, layout.Recipe, [.. data.Labels], options.BaseFingerprint);
    }

    /// <summary>The rows with their wording and groups marked; their labels are places in the data's list.</summary>
    internal static List<TextAnatomy> Anatomies(RouterTrainingData data)
    {
        Dictionary<string, int> index = new(StringComparer.Ordinal);
        for (int i = 0; i < data.Labels.Count; i++)
        {
            index.Add(data.Labels[i], i);
        }

        List<TextAnatomy> rows = new(data.Examples.Count);
        foreach (RouterExample example in data.Examples)
        {
            rows.Add(TextAnatomy.Split(example.Text, index[example.Label]));
        }

        for (int label = 0; label < data.Labels.Count; label++)
        {
            List<TextAnatomy> own = rows.FindAll(r => r.Label == label);
            WordingFinder.Mark(own);
            ContentGroups.Mark(own);
        }

        return rows;
    }

    /// <summary>What negatives are made of in training, and those kept for calibration: other prompts of other patterns.</summary>
    private static (PromptGrammar? Grammar, List<string> Train, List<string> Held) Negatives(RouterTrainingOptions options)
    {
        List<string> train = [];
        List<string> held = [];
        if (!options.Training.Negatives)
        {
            return (null, train, held);
        }

        if (options.UseBuiltInNegatives)
        {
            TrainingRandom random = new(options.Seed, stream: 23);
            StringBuilder text = new();
            for (int i = 0; i < HeldPrompts; i++)
            {
                PromptGrammar.Held.Append(ref random, text.Clear());
                held.Add(text.ToString());
            }
        }

        for (int i = 0; i < options.Negatives.Count; i++)
        {
            (i % 10 == 9 ? held : train).Add(options.Negatives[i]);
        }

        return (options.UseBuiltInNegatives ? PromptGrammar.Training : null, train, held);
    }
}
