using System.Globalization;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>Answers the tasks' rows with every mixture that is compared, and in sentence scope.</summary>
internal sealed class RowAblation(AblationData data, DlpLoraEngine engine, AnswerSource source, ProgressReport progress)
{
    /// <summary>Rows of each task whose routed answer is generated even where it must be that of a pinned mixture.</summary>
    private const int ProvenRows = 1;

    private static readonly float[] TopP = [0.5f, 0.6f, 0.8f, 0.9f, 0.95f];

    private readonly HashSet<string> _registered = [.. engine.Adapters.Names];

    public async Task<IReadOnlyList<ConfigurationResult>> RunAsync()
    {
        List<ConfigurationResult> results = [];
        foreach (Configuration configuration in Configurations())
        {
            results.Add(await RunAsync(configuration).ConfigureAwait(false));
        }

        results.Add(await RunSentencesAsync("sentence scope, one by one").ConfigureAwait(false));
        return results;
    }

    private IEnumerable<Configuration> Configurations()
    {
        Dictionary<string, string> wrong = data.Tasks.Select((t, i) => (t.Task, Wrong: data.WrongFor(i))).ToDictionary(x => x.Task, x => x.Wrong);
        yield return new Configuration("base", _ => Mixture.Empty);
        yield return new Configuration("own adapter", q => Mixture.Of(q.Task));
        yield return new Configuration("wrong adapter", q => Mixture.Of(wrong[q.Task]));

        // Unit weight takes the most likely adapter alone, so top-p changes nothing in it.
        yield return Routed("top-1, unit weight", new RoutingPolicy { Weighting = RoutingWeighting.Unit });
        foreach (RoutingWeighting weighting in new[] { RoutingWeighting.Renormalized, RoutingWeighting.PaperSoftmax })
        {
            foreach (float p in TopP)
            {
                string name = string.Create(CultureInfo.InvariantCulture, $"top-p {p}, {(weighting == RoutingWeighting.Renormalized ? "renormalized" : "paper's softmax")}");
                yield return Routed(name, new RoutingPolicy { TopP = p, Weighting = weighting });
            }
        }
    }

    private Configuration Routed(string name, RoutingPolicy policy) =>
        new(name, q => engine.Router!.Decide(q.Row.Input, policy with { Registered = _registered }).ToMixture());

    private async Task<ConfigurationResult> RunAsync(Configuration configuration)
    {
        int[] counts = new int[4];
        int own = 0;
        List<double> scores = [];
        foreach ((string task, TaskQuestion[] questions) in data.Tasks)
        {
            double score = 0;
            Mixture[] mixtures = [.. questions.Select(configuration.Choose)];
            await source.AnswerTogetherAsync(questions.Zip(mixtures, (q, m) => source.Pinned(q.Row.Input, m, q.MaxTokens))).ConfigureAwait(false);
            foreach ((TaskQuestion question, Mixture mixture) in questions.Zip(mixtures))
            {
                counts[Math.Min(mixture.Adapters.Count, counts.Length - 1)]++;
                own += mixture.Adapters.OrderByDescending(a => a.Weight).Select(a => a.Name).FirstOrDefault() == task ? 1 : 0;
                score += question.Score((await source.AnswerAsync(question.Row.Input, mixture, question.MaxTokens).ConfigureAwait(false)).Text);
            }

            scores.Add(score / questions.Length);
            progress.Step(configuration.Name, scores.Count, data.Tasks.Count);
        }

        double rows = data.Tasks.Sum(t => t.Questions.Length);
        return new ConfigurationResult(configuration.Name, scores, [.. counts.Select(c => c / rows)], own / rows);
    }

    /// <summary>Sentence scope, one by one: a row of one segment is the request of prompt scope: then it shares that answer, and the first rows prove it.</summary>
    private async Task<ConfigurationResult> RunSentencesAsync(string name)
    {
        RoutingPolicy policy = RoutingPolicy.Default with { Registered = _registered };
        List<double> scores = [];
        foreach ((_, TaskQuestion[] questions) in data.Tasks)
        {
            double score = 0;
            Mixture?[] soles = [.. questions.Select(q => engine.Router!.DecideSegments(q.Row.Input, policy).Count == 1
                ? engine.Router.Decide(q.Row.Input, policy).ToMixture()
                : null)];
            AnswerRequest[] requests = [.. questions.Zip(soles, (q, sole) => sole is null
                ? new AnswerRequest($"router {engine.Router!.Version} {RoutingScope.Sentence} {SegmentAnswering.OneByOne}", Request(q))
                : source.Pinned(q.Row.Input, sole, q.MaxTokens))];
            await source.AnswerTogetherAsync(requests).ConfigureAwait(false);
            for (int i = 0; i < questions.Length; i++)
            {
                TaskQuestion question = questions[i];

                if (soles[i] is not null && i < ProvenRows && !await source.AgreeAsync(requests[i].Request, Request(question)).ConfigureAwait(false))
                {
                    throw new InvalidOperationException($"{question.Row.Id}: the same mixture gave two answers, pinned and routed.");
                }

                StoredAnswer answer = await source.AnswerAsync(requests[i]).ConfigureAwait(false);
                score += question.Score(answer.Text);
            }

            scores.Add(score / questions.Length);
            progress.Step(name, scores.Count, data.Tasks.Count);
        }

        return new ConfigurationResult(name, scores, null, null);
    }

    private static GenerationRequest Request(TaskQuestion question) => GenerationRequest.ForUser(question.Row.Input) with
    {
        RoutingScope = RoutingScope.Sentence,
        SegmentAnswering = SegmentAnswering.OneByOne,
        MaxTokens = question.MaxTokens,
    };
}
