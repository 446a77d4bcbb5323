namespace DlpLora.Runtime.Training;

/// <summary>The numbers of the training that were found by the ablations of <c>docs/router.md</c>.</summary>
internal sealed record TrainingRecipe
{
    public int[] Hidden { get; init; } = [128, 64];

    public int BatchSize { get; init; } = 32;

    /// <summary>Step of the embedding rows (row-wise Adagrad).</summary>
    public float EmbeddingRate { get; init; } = 0.03f;

    /// <summary>Step of the dense layers (Adam).</summary>
    public float DenseRate { get; init; } = 0.002f;

    public float LabelSmoothing { get; init; } = 0.02f;

    /// <summary>Each view loses a share of its features, drawn from 0 to this.</summary>
    public float FeatureDropout { get; init; } = 0.4f;

    /// <summary>The share of views that are two texts of different labels one after the other.</summary>
    public float PairShare { get; init; } = 0.08f;

    /// <summary>Negatives beside the examples, as a share of them.</summary>
    public float NegativeShare { get; init; } = 0.3f;

    /// <summary>0 takes rows as they are; 1 repeats rows until all labels have as many; between them, a power.</summary>
    public double Balance { get; init; } = 0.5;

    /// <summary>The share of the training after which the network's numbers are averaged, 0 to 1; 1 for never.</summary>
    public float AverageFrom { get; init; } = 0.5f;

    /// <summary>Whether a second network learns all rows but those whose features stay in the file, once the first one has been calibrated.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Whether rows are seen in other wordings, without options, in parts. Off: as they are.</summary>
    public bool Views { get; init; } = true;

    /// <summary>Whether contents are seen in the wordings of other labels too.</summary>
    public bool ForeignWordings { get; init; } = true;

    /// <summary>The share of foreign wordings that are put together from pieces of several.</summary>
    public float InventedShare { get; init; } = 0.5f;

    /// <summary>The share of views that lose a part of their runs of words: an unknown wording has none that training knows.</summary>
    public float RunDropout { get; init; } = 0.4f;

    public bool Negatives { get; init; } = true;

    /// <summary>The weight of the second loss, by which the labels that a text does not have must score below "none"; 0 for none.</summary>
    public float RestWeight { get; init; } = 1;

    /// <summary>The weight of the third loss, by which a text's label must score above "none"; 0 for none.</summary>
    public float MarginWeight { get; init; } = 1;

    /// <summary>By how much it should.</summary>
    public float Margin { get; init; } = 2;

    /// <summary>Columns of the table that are trained, a multiple of 4; the others are counted.</summary>
    public int TrainedWidth { get; init; } = 28;

    /// <summary>Views of each row that are counted beside the row itself.</summary>
    public int CountedViews { get; init; } = 4;

    /// <summary>What a counted score weighs beside a trained one where rows are many.</summary>
    public float CountStrength { get; init; } = 0.5f;

    /// <summary>The weight of counted scores grows by this many times the inverse of the rows a label: with few rows, training learns their accidents.</summary>
    public float FewRowsStrength { get; init; } = 15;
}
