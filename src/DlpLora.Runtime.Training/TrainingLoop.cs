using System.Text;
using DlpLora.Runtime.Routing.Wordings;
using DlpLora.Runtime.Training.Negatives;

namespace DlpLora.Runtime.Training;

/// <summary>Epochs over views of the rows, with a falling step; what is left is the mean of the last ones.</summary>
internal sealed class TrainingLoop(
    RouterNetwork network, IReadOnlyList<TextAnatomy> rows, string[] wordings, NegativeSampler negatives, RouterTrainingOptions options)
{
    private readonly TrainingRecipe _recipe = options.Training;

    /// <summary>Trains the network.</summary>
    /// <param name="validation">Measured after every epoch.</param>
    /// <param name="report">Told of every epoch; without the time.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Top-1 over the validation views.</returns>
    public double Run(ValidationSet validation, Action<EpochFigures> report, CancellationToken cancellationToken)
    {
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };
        NetworkOptimizer optimizer = new(network, _recipe);
        BatchSlot[] slots = [.. Enumerable.Range(0, _recipe.BatchSize).Select(_ => new BatchSlot(network))];
        WeightAverage? average = null;
        double accuracy = 0;
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            int[] order = Order(epoch);
            double loss = 0;
            for (int start = 0; start < order.Length; start += slots.Length)
            {
                BatchSlot[] batch = order.Length - start >= slots.Length ? slots : slots[..(order.Length - start)];
                int from = start;
                int pass = epoch;
                Parallel.For(0, batch.Length, parallel, i => Pass(batch[i], order[from + i], pass, from + i));
                float done = (epoch + ((float)start / order.Length)) / options.Epochs;
                optimizer.Step(batch, Rate(done), parallel);
                if (done >= _recipe.AverageFrom)
                {
                    average ??= new WeightAverage(network, (int)((1 - done) * options.Epochs * order.Length / slots.Length));
                    average.Note();
                }

                foreach (BatchSlot slot in batch)
                {
                    loss += slot.Loss;
                }
            }

            if (epoch == options.Epochs - 1)
            {
                average?.Apply();
            }

            (double validationLoss, accuracy) = validation.Measure(network, parallel);
            report(new EpochFigures(epoch + 1, loss / order.Length, validationLoss, accuracy));
        }

        return accuracy;
    }

    /// <summary>A short warm-up, then half a cosine down to nothing.</summary>
    private static float Rate(float done) => Math.Min(1, (done * 50) + 0.05f) * 0.5f * (1 + MathF.Cos(MathF.PI * done));

    /// <summary>The epoch's rows, small labels repeated, with -1 for each negative.</summary>
    private int[] Order(int epoch)
    {
        TrainingRandom random = new(options.Seed, stream: 11, substream: (ulong)epoch);
        Dictionary<int, int> counts = [];
        foreach (TextAnatomy row in rows)
        {
            counts[row.Label] = counts.GetValueOrDefault(row.Label) + 1;
        }

        int most = counts.Values.Max();
        List<int> order = [];
        for (int i = 0; i < rows.Count; i++)
        {
            double times = Math.Pow((double)most / counts[rows[i].Label], _recipe.Balance);
            int whole = (int)times + (random.Chance((float)(times - (int)times)) ? 1 : 0);
            for (int j = 0; j < whole; j++)
            {
                order.Add(i);
            }
        }

        int extra = _recipe.Negatives ? (int)(order.Count * _recipe.NegativeShare) : 0;
        for (int i = 0; i < extra; i++)
        {
            order.Add(-1);
        }

        int[] shuffled = [.. order];
        random.Shuffle<int>(shuffled);
        return shuffled;
    }

    private void Pass(BatchSlot slot, int index, int epoch, int place)
    {
        TrainingRandom random = new(options.Seed, 1000 + (ulong)epoch, (ulong)place);
        int none = network.ScoreCount - 1;
        int first = none;
        int second = none;
        float share = 1;
        if (index < 0)
        {
            negatives.Sample(ref random, slot.View);
        }
        else
        {
            first = second = rows[index].Label;
            Write(rows[index], ref random, slot.View);
            if (random.Chance(_recipe.PairShare))
            {
                TextAnatomy other = rows[random.Below(rows.Count)];
                if (other.Label != first)
                {
                    Write(other, ref random, slot.Second);
                    slot.View.Append(random.Chance(0.6f) ? "\n\n" : random.Chance(0.5f) ? "\n" : " ").Append(slot.Second);
                    (second, share) = (other.Label, 0.5f);
                }
            }
        }

        slot.Features.Read(slot.View.ToString(), network.Recipe);
        if (network.Recipe.RunsApart && random.Chance(_recipe.RunDropout))
        {
            slot.Features.ThinRuns(random.Single(), network.Recipe.Rows, ref random);
        }

        slot.Features.Thin(1 - (random.Single() * _recipe.FeatureDropout), ref random);
        network.Forward(slot.Features.Rows, slot.Activations);
        slot.SetLoss(first, second, share, _recipe.LabelSmoothing);
        if (_recipe.RestWeight > 0 && first != none)
        {
            slot.AddRestLoss(first, second, _recipe.RestWeight);
        }

        if (_recipe.MarginWeight > 0 && first != none && first == second)
        {
            slot.AddMarginLoss(first, _recipe.Margin, _recipe.MarginWeight);
        }

        network.Backward(slot.Activations);
    }

    private void Write(TextAnatomy row, ref TrainingRandom random, StringBuilder into)
    {
        if (_recipe.Views)
        {
            ViewSampler.Sample(row, wordings, _recipe.InventedShare, ref random, into);
        }
        else
        {
            into.Clear().Append(row.Text);
        }
    }
}
