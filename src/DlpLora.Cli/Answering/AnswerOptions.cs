using System.CommandLine;
using System.Globalization;
using DlpLora.Cli.Commands;
using DlpLora.Cli.Hosting;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Cli.Answering;

/// <summary>The options that <c>generate</c> and <c>chat</c> share: which model, which skills, how to pick tokens.</summary>
internal sealed class AnswerOptions
{
    // As GenerationRequest, SamplingOptions and DlpLoraOptions document them.
    private const int MaximumTokens = 1 << 24;
    private const int MaximumTemperature = 100;
    private const int MaximumThreads = 1024;
    private const int MaximumRank = 1 << 16;

    private readonly Option<string> _model = new("--model") { Description = "The model folder.", HelpName = "DIR", Required = true };
    private readonly Option<string?> _adapters = new("--adapters") { Description = "A folder with one PEFT folder an adapter.", HelpName = "DIR" };
    private readonly Option<string> _router = SharedOptions.Router(required: false);
    private readonly Option<string[]> _adapter = new("--adapter")
    {
        Description = "An adapter to answer with, past the router; may be given several times.",
        HelpName = "NAME=WEIGHT",
    };

    private readonly Option<RoutingScope> _scope = SharedOptions.Scope();
    private readonly Option<SegmentAnswering> _segments = new("--segments")
    {
        Description = "In sentence scope, answer a prompt's questions one by one or together: one-by-one or together.",
        HelpName = "HOW",
        CustomParser = result => SharedOptions.Parse<SegmentAnswering>(result, "--segments"),
    };

    private readonly Option<CacheOnSwitch> _onSwitch = new("--on-switch")
    {
        Description = "When the mixture changes within an answer, keep the KV cache or recompute it: keep or recompute.",
        HelpName = "HOW",
        CustomParser = result => SharedOptions.Parse<CacheOnSwitch>(result, "--on-switch"),
    };

    private readonly Option<int?> _maxMixtureRank = new("--max-mixture-rank")
    {
        Description = "Bring mixtures whose adapters' ranks add up to more down to this rank; the error is in the result.",
        HelpName = "N",
    };

    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "The most tokens of an answer.", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<int> _minTokens = new("--min-tokens") { Description = "Hold the end token back until then.", HelpName = "N" };
    private readonly Option<float> _temperature = new("--temperature") { Description = "0 is greedy.", HelpName = "T" };
    private readonly Option<long?> _seed = new("--seed") { Description = "The seed of the draws.", HelpName = "N" };
    private readonly Option<bool> _promptLookup = new("--prompt-lookup") { Description = "Guess tokens from the text so far and check several in one run." };
    private readonly Option<int?> _threads = new("--threads") { Description = "Threads inside one run of the model.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _model, _adapters, _router, _adapter, _scope, _segments, _onSwitch, _maxMixtureRank, _maxTokens, _minTokens, _temperature, _seed, _promptLookup, _threads })
        {
            command.Add(option);
        }
    }

    /// <summary>Opens the model with the adapters and the router that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="rows">How many requests are decoded together.</param>
    /// <param name="prefixReuse">Whether prompts go on from what earlier ones left in the KV cache.</param>
    /// <param name="cancellationToken">Looked at between the steps of loading.</param>
    public Task<DlpLoraEngine> LoadAsync(ParseResult parsed, int rows, bool prefixReuse, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(_router) is not null && parsed.GetValue(_adapters) is null)
        {
            throw new UsageException("--router needs --adapters: the folder with the adapters that it picks from");
        }

        return DlpLoraEngine.LoadAsync(
            parsed.GetRequiredValue(_model),
            new DlpLoraOptions
            {
                AdapterFolder = parsed.GetValue(_adapters),
                RouterFile = parsed.GetValue(_router),
                RoutingScope = parsed.GetValue(_scope),
                SegmentAnswering = parsed.GetValue(_segments),
                CacheOnSwitch = parsed.GetValue(_onSwitch),
                MaxMixtureRank = parsed.GetValue(_maxMixtureRank),
                PromptLookup = parsed.GetValue(_promptLookup),
                Threads = parsed.GetValue(_threads),
                MaxConcurrentGenerations = rows,
                PrefixReuse = prefixReuse,
            },
            cancellationToken);
    }

    /// <summary>What every request of the command has in common. Needs no model, so a wrong option is told before one is loaded.</summary>
    /// <exception cref="UsageException">An option's number is outside its range.</exception>
    public GenerationRequest CreateRequest(ParseResult parsed)
    {
        int maxTokens = parsed.GetValue(_maxTokens);
        int minTokens = parsed.GetValue(_minTokens);
        float temperature = parsed.GetValue(_temperature);
        InRange("--max-tokens", maxTokens, 0, MaximumTokens);
        InRange("--min-tokens", minTokens, 0, maxTokens);
        InRange("--temperature", temperature, 0, MaximumTemperature);
        InRange("--max-mixture-rank", parsed.GetValue(_maxMixtureRank) ?? 1, 1, MaximumRank);
        InRange("--threads", parsed.GetValue(_threads) ?? 1, 1, MaximumThreads);
        return new GenerationRequest
        {
            Mixture = ParseMixture(parsed.GetValue(_adapter) ?? []),
            MaxTokens = maxTokens,
            MinTokens = minTokens,
            Sampling = new SamplingOptions { Temperature = temperature, Seed = parsed.GetValue(_seed) },
        };
    }

    /// <summary>Reads <c>NAME=WEIGHT</c>, or <c>NAME</c> for the weight 1.</summary>
    /// <exception cref="UsageException">A weight is not a finite number, or a name is given twice.</exception>
    internal static Mixture? ParseMixture(IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        WeightedAdapter[] adapters = new WeightedAdapter[values.Count];
        for (int i = 0; i < adapters.Length; i++)
        {
            int equals = values[i].LastIndexOf('=');
            float weight = 1;
            if (equals >= 0 && !(float.TryParse(values[i].AsSpan(equals + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out weight) && float.IsFinite(weight)))
            {
                throw new UsageException($"--adapter {values[i]}: expected NAME=WEIGHT with a finite number as weight");
            }

            adapters[i] = new WeightedAdapter(equals < 0 ? values[i] : values[i][..equals], weight);
        }

        try
        {
            return Mixture.Create(adapters);
        }
        catch (ArgumentException error)
        {
            throw new UsageException($"--adapter: {ArgumentMessage.Of(error)}");
        }
    }

    /// <summary>Checks an option's number. Written so that NaN is outside every range.</summary>
    /// <exception cref="UsageException">It is outside its range.</exception>
    public static void InRange(string option, double value, double minimum, double maximum)
    {
        if (!(value >= minimum && value <= maximum))
        {
            throw new UsageException(FormattableString.Invariant($"{option} {value}: expected {minimum} to {maximum}"));
        }
    }
}
