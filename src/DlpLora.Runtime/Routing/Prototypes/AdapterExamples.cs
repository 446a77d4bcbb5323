using DlpLora.Runtime.Storage;

namespace DlpLora.Runtime.Routing.Prototypes;

/// <summary>Checks what a caller gives to add a label, and finds the room that the label may take.</summary>
internal static class AdapterExamples
{
    public const int Fewest = 5;
    public const int Most = 1000;

    private const int MostWords = 768;
    private const int MostReplayed = 8;

    /// <summary>Of the numbers that are left, a new label takes at most this share: the pool fills up slowly, and late labels keep their prototype.</summary>
    private const int ShareOfRoom = 64;

    public static RouterModel Add(RouterModel model, string name, IReadOnlyList<string> examples)
    {
        CheckName(model, name);
        if (model.Labels.Length == RouterFile.MaximumLabels)
        {
            throw new RouterLabelException(name, $"the router has {RouterFile.MaximumLabels:N0} labels, the most that it may have");
        }

        if (model.Replay.Rows.IsEmpty)
        {
            // Held against nothing, the label would take every text.
            throw new RouterLabelException(name, "the router's file keeps no texts of the other labels to weigh it against; train the router anew");
        }

        LabelExample[] texts = Read(model, name, examples);
        int left = RouterModel.MaximumParameters - model.ParameterCount;
        int needed = PrototypeHead.Width(model.Recipe) + AddedLabel.FixedNumbers;
        if (left < needed)
        {
            throw new RouterLabelException(
                name, $"the router has {model.ParameterCount:N0} numbers and room for {left} more; a label takes at least {needed}. Remove labels, or train anew");
        }

        int room = Math.Min(left - needed, left / ShareOfRoom);
        List<ReplayRow> replayed = [];
        int replayRoom = room / 2;
        foreach (LabelExample text in texts.Take(MostReplayed))
        {
            ReplayRow row = ReplayRow.Of(model.Labels.Length, text.Features);
            if (row.NumberCount <= replayRoom)
            {
                replayed.Add(row);
                replayRoom -= row.NumberCount;
            }
        }

        (AddedLabel label, int twin) = PrototypeFit.Fit(model, texts, Math.Min(MostWords, room / 4));
        return AddedLabels.Add(model, name, label, replayed, twin);
    }

    public static void CheckName(RouterModel model, string name)
    {
        if (!SafeName.IsValid(name))
        {
            throw new RouterLabelException(name, "is no adapter name; expected [A-Za-z0-9._-]{1,128}");
        }

        if (model.Labels.Contains(name))
        {
            throw new RouterLabelException(name, "the router has a label of this name; remove or rename that first");
        }
    }

    private static LabelExample[] Read(RouterModel model, string name, IReadOnlyList<string> examples)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        List<string> texts = [];
        for (int i = 0; i < examples.Count && texts.Count < Most; i++)
        {
            string text = examples[i]?.Trim() ?? string.Empty;
            if (FeatureHashes.Of(text, model.Recipe).Length == 0)
            {
                throw new RouterLabelException(name, $"example {i + 1} is empty: it has no word, digit or sign to decide by");
            }

            if (seen.Add(text))
            {
                texts.Add(text);
            }
        }

        return texts.Count >= Fewest
            ? LabelExample.Read(texts, model.Recipe)
            : throw new RouterLabelException(name, $"has {texts.Count} different examples; expected at least {Fewest}");
    }
}
