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
    private readonly Option<string> _model = new("--model") { Description = "The model folder.", HelpName = "DIR", Required = true };
    private readonly Option<string?> _adapters = new("--adapters") { Description = "A folder with one PEFT folder an adapter.", HelpName = "DIR" };
    private readonly Option<string> _router = SharedOptions.Router(required: false);
    private readonly Option<string[]> _adapter = new("--adapter")
    {
        Description = "An adapter to answer with, past the router; may be given several times.",
        HelpName = "NAME=WEIGHT",
    };

    private readonly Option<RoutingScope> _scope = SharedOptions.Scope();
    private readonly Option<int> _maxTokens = new("--max-tokens") { Description = "The most tokens of an answer.", HelpName = "N", DefaultValueFactory = _ => 256 };
    private readonly Option<int> _minTokens = new("--min-tokens") { Description = "Hold the end token back until then.", HelpName = "N" };
    private readonly Option<float> _temperature = new("--temperature") { Description = "0 is greedy.", HelpName = "T" };
    private readonly Option<long?> _seed = new("--seed") { Description = "The seed of the draws.", HelpName = "N" };
    private readonly Option<int?> _threads = new("--threads") { Description = "Threads inside one run of the model.", HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _model, _adapters, _router, _adapter, _scope, _maxTokens, _minTokens, _temperature, _seed, _threads })
        {
            command.Add(option);
        }
    }

    /// <summary>Opens the model with the adapters and the router that the command line names.</summary>
    public Task<DlpLoraEngine> LoadAsync(ParseResult parsed, CancellationToken cancellationToken)
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
                Threads = parsed.GetValue(_threads),
            },
            cancellationToken);
    }

    /// <summary>What every request of the command has in common.</summary>
    public GenerationRequest CreateRequest(ParseResult parsed) => new()
    {
        Mixture = ParseMixture(parsed.GetValue(_adapter) ?? []),
        MaxTokens = parsed.GetValue(_maxTokens),
        MinTokens = parsed.GetValue(_minTokens),
        Sampling = new SamplingOptions { Temperature = parsed.GetValue(_temperature), Seed = parsed.GetValue(_seed) },
    };

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
            throw new UsageException($"--adapter: {error.Message}");
        }
    }
}
