using System.Globalization;
using DlpLora.Runtime.Training;

namespace DlpLora.Benchmarks.Routing;

/// <summary>The arguments of <see cref="RouterAccuracy"/>.</summary>
internal sealed record RunOptions
{
    public const string Usage =
        "[--data DIR] [--full [--seeds N] [--against FILE]] [--tasks all] [--rows-per-task N] [--seed N] [--epochs N] [--threads N] [--router FILE] [--out FILE] [--bayes] [--dev] [--speed] [--verbose] [--set NAME=VALUE]";

    public string Data { get; private set; } = "../shared/tasks";

    public bool AllTasks { get; private set; }

    public bool Bayes { get; private set; }

    public bool Development { get; private set; }

    public bool Speed { get; private set; }

    public bool Verbose { get; private set; }

    public int? RowsPerTask { get; private set; }

    public string? Router { get; private set; }

    public string? Out { get; private set; }

    /// <summary>Whether to measure the whole table.</summary>
    public bool Full { get; private set; }

    /// <summary>Over how many seeds to measure the whole table (null: three), or, with <see cref="Development"/>, over how many draws to compare.</summary>
    public int? Seeds { get; private set; }

    /// <summary>An earlier router's file to set beside it.</summary>
    public string? Against { get; private set; }

    public string Changes { get; private set; } = string.Empty;

    public RouterTrainingOptions Options { get; private set; } = new();

    public static RunOptions Parse(string[] args)
    {
        RunOptions run = new();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--data": run.Data = args[++i]; break;
                case "--tasks": run.AllTasks = args[++i] == "all"; break;
                case "--rows-per-task": run.RowsPerTask = Number(args[++i]); break;
                case "--seed": run.Options = run.Options with { Seed = (ulong)Number(args[++i]) }; break;
                case "--epochs": run.Options = run.Options with { Epochs = Number(args[++i]) }; break;
                case "--threads": run.Options = run.Options with { Threads = Number(args[++i]) }; break;
                case "--router": run.Router = args[++i]; break;
                case "--full": run.Full = true; break;
                case "--seeds": run.Seeds = Number(args[++i]); break;
                case "--against": run.Against = args[++i]; break;
                case "--out": run.Out = args[++i]; break;
                case "--bayes": run.Bayes = true; break;
                case "--dev": run.Development = true; break;
                case "--speed": run.Speed = true; break;
                case "--verbose": run.Verbose = true; break;
                case "--set": run.Set(args[++i]); break;
                default: throw new ArgumentException($"Unknown argument '{args[i]}'.", nameof(args));
            }
        }

        return run;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private void Set(string change)
    {
        string[] parts = change.Split('=');
        float value = parts[0] == "hidden" ? 0 : float.Parse(parts[1], CultureInfo.InvariantCulture);
        TrainingRecipe training = Options.Training;
        Changes = $"{Changes} {change}".Trim();
        Options = parts[0] switch
        {
            "rate" => Options with { Training = training with { EmbeddingRate = value } },
            "dense" => Options with { Training = training with { DenseRate = value } },
            "smoothing" => Options with { Training = training with { LabelSmoothing = value } },
            "dropout" => Options with { Training = training with { FeatureDropout = value } },
            "pairs" => Options with { Training = training with { PairShare = value } },
            "negatives" => Options with { Training = training with { NegativeShare = value, Negatives = value > 0 } },
            "rest" => Options with { Training = training with { RestWeight = value } },
            "margin" => Options with { Training = training with { MarginWeight = value } },
            "views" => Options with { Training = training with { Views = value > 0 } },
            "balance" => Options with { Training = training with { Balance = value } },
            "batch" => Options with { Training = training with { BatchSize = (int)value } },
            "hidden" => Options with { Training = training with { Hidden = [.. parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number)] } },
            "power" => Options with { Recipe = Options.Recipe with { PoolingPower = value } },
            "words" => Options with { Recipe = Options.Recipe with { WordGrams = (int)value } },
            "shapes" => Options with { Recipe = Options.Recipe with { Shapes = value > 0 } },
            "apart" => Options with { Recipe = Options.Recipe with { RunsApart = value > 0 } },
            "foreignshape" => Options with { Recipe = Options.Recipe with { ForeignShape = value > 0 } },
            "from" => Options with { Recipe = Options.Recipe with { CharacterGramsFrom = (int)value } },
            "to" => Options with { Recipe = Options.Recipe with { CharacterGramsTo = (int)value } },
            "rows" => Options with { Recipe = Options.Recipe with { Rows = (int)value } },
            "foreign" => Options with { Training = training with { ForeignWordings = value > 0 } },
            "countviews" => Options with { Training = training with { CountedViews = (int)value } },
            "choices" => Options with { Recipe = Options.Recipe with { ChoiceCopies = (int)value } },
            "strength" => Options with { Training = training with { CountStrength = value } },
            "average" => Options with { Training = training with { AverageFrom = value } },
            "refit" => Options with { Training = training with { Refit = value > 0 } },
            "invented" => Options with { Training = training with { InventedShare = value } },
            "rundropout" => Options with { Training = training with { RunDropout = value } },
            "epochs" => Options with { Epochs = (int)value },
            "few" => Options with { Training = training with { FewRowsStrength = value } },
            "width" => Options with { Recipe = Options.Recipe with { Width = (int)value } },
            _ => throw new ArgumentException($"Unknown number '{parts[0]}'."),
        };
    }
}
