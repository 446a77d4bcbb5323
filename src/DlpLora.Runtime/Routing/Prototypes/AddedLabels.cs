using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>Labels added to a model, taken out, renamed. The big arrays are shared with the model before.</summary>
internal static class AddedLabels
{
    /// <summary>The model with one more label.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The label's name.</param>
    /// <param name="label">Its numbers.</param>
    /// <param name="texts">Some of its texts, for the labels that come after it.</param>
    /// <param name="twin">The label that stands for the same texts, or -1.</param>
    public static RouterModel Add(RouterModel model, string name, AddedLabel label, IReadOnlyList<ReplayRow> texts, int twin)
    {
        int index = model.Labels.Length;
        string[] labels = [.. model.Labels, name];
        int[][] twins = model.Twins;
        if (twin >= 0)
        {
            int[] group = Array.Find(twins, g => g.Contains(twin)) ?? [twin];
            twins = [.. twins.Where(g => !g.Contains(twin)), [.. group, index]];
        }

        return model with
        {
            Labels = labels,
            Added = new PrototypeHead(PrototypeHead.Width(model.Recipe), [.. model.Added.Labels, label]),
            Replay = model.Replay.Append(texts),
            Twins = Ordered(twins, labels),
        };
    }

    /// <summary>The model without a label, trained or added.</summary>
    public static RouterModel Remove(RouterModel model, int index)
    {
        string[] labels = Without(model.Labels, index);
        ReplayRows replay = model.Replay.Without(index);
        int[][] twins =
        [
            .. model.Twins
                .Select(g => g.Where(i => i != index).Select(i => i > index ? i - 1 : i).ToArray())
                .Where(g => g.Length > 1),
        ];
        RouterModel without = model with { Labels = labels, Replay = replay, Twins = Ordered(twins, labels) };
        return index >= model.TrainedCount
            ? without with { Added = new PrototypeHead(PrototypeHead.Width(model.Recipe), Without(model.Added.Labels, index - model.TrainedCount)) }
            : without with { Straight = WithoutRow(model.Straight, index), Output = WithoutRow(model.Output, index) };
    }

    /// <summary>The model with another name for a label.</summary>
    public static RouterModel Rename(RouterModel model, int index, string name)
    {
        string[] labels = [.. model.Labels];
        labels[index] = name;
        return model with { Labels = labels, Twins = Ordered(model.Twins, labels) };
    }

    /// <summary>Hashes all that <see cref="RouterModel.ComputeVersion"/> does not know by itself; nothing for a model fresh from training without rows.</summary>
    public static void AppendTo(IncrementalHash hash, RouterModel model)
    {
        foreach (AddedLabel label in model.Added.Labels)
        {
            hash.AppendData(MemoryMarshal.AsBytes<sbyte>(label.Vector));
            hash.AppendData(MemoryMarshal.AsBytes<float>([label.Scale, label.Bias, label.WordScale]));
            hash.AppendData(MemoryMarshal.AsBytes<uint>(label.Words));
            hash.AppendData(MemoryMarshal.AsBytes<sbyte>(label.Weights));
        }

        foreach (int[] group in model.Twins)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Join('=', group.Select(i => model.Labels[i])) + "|"));
        }

        foreach (ReplayRow row in model.Replay.Rows)
        {
            hash.AppendData(MemoryMarshal.AsBytes<int>([row.Label, row.Length, row.Features.Length]));
            hash.AppendData(MemoryMarshal.AsBytes<uint>(row.Features));
        }
    }

    /// <summary>Each group in the order of who answers: the last name in ordinal order first, so that <c>sql-v2</c> comes before <c>sql</c>.</summary>
    public static int[][] Ordered(int[][] groups, string[] labels) =>
        [.. groups.Select(g => g.OrderByDescending(i => labels[i], StringComparer.Ordinal).ToArray())];

    private static T[] Without<T>(T[] items, int index) => [.. items[..index], .. items[(index + 1)..]];

    private static DenseLayer WithoutRow(DenseLayer layer, int row) => new(
        layer.Inputs,
        layer.Outputs - 1,
        [.. layer.Weights[..(row * layer.Inputs)], .. layer.Weights[((row + 1) * layer.Inputs)..]],
        Without(layer.Bias, row));
}
