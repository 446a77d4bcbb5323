using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>Answers prompts of two tasks in every way there is.</summary>
internal sealed class CompositeAblation(IReadOnlyList<CompositePrompt> prompts, AnswerSource source, ProgressReport progress)
{
    private double _alone;

    /// <param name="router">The router's version.</param>
    public async Task<IReadOnlyList<CompositeResult>> RunAsync(string router)
    {
        double[] alone = new double[prompts.Count];
        int tokens = 0;
        for (int i = 0; i < prompts.Count; i++)
        {
            foreach (TaskQuestion question in prompts[i].Questions)
            {
                StoredAnswer answer = await source.AnswerAsync(question.Row.Input, Mixture.Of(question.Task), question.MaxTokens).ConfigureAwait(false);
                alone[i] += question.Score(answer.Text);
                tokens += answer.Tokens;
            }

            progress.Step("composite: asked alone", i + 1, prompts.Count);
        }

        int questions = prompts.Sum(p => p.Questions.Count);
        _alone = alone.Sum() / questions;
        return
        [
            new CompositeResult("each question alone, own adapter", _alone, null, 1, null, (double)tokens / prompts.Count, null),
            await RunAsync("base", p => Pinned(p, Mixture.Empty)).ConfigureAwait(false),
            await RunAsync("first question's adapter for all", p => Pinned(p, Mixture.Of(p.Questions[0].Task))).ConfigureAwait(false),
            await RunAsync("both adapters at 1/2 for all", p => Pinned(p, Both(p))).ConfigureAwait(false),
            await RunAsync("routed, prompt scope", p => Routed(p, router, RoutingScope.Prompt, SegmentAnswering.Together, CacheOnSwitch.Keep)).ConfigureAwait(false),
            await RunAsync("sentence scope, together, keep", p => Routed(p, router, RoutingScope.Sentence, SegmentAnswering.Together, CacheOnSwitch.Keep))
                .ConfigureAwait(false),
            await RunAsync("sentence scope, together, recompute", p => Routed(p, router, RoutingScope.Sentence, SegmentAnswering.Together, CacheOnSwitch.Recompute))
                .ConfigureAwait(false),
            await RunAsync("sentence scope, one by one", p => Routed(p, router, RoutingScope.Sentence, SegmentAnswering.OneByOne, CacheOnSwitch.Keep))
                .ConfigureAwait(false),
        ];
    }

    private static Mixture Both(CompositePrompt prompt) =>
        Mixture.Create([.. prompt.Questions.GroupBy(q => q.Task).Select(g => new WeightedAdapter(g.Key, (float)g.Count() / prompt.Questions.Count))]);

    private AnswerRequest Pinned(CompositePrompt prompt, Mixture mixture) => source.Pinned(prompt.Input, mixture, prompt.MaxTokens);

    private static AnswerRequest Routed(CompositePrompt prompt, string router, RoutingScope scope, SegmentAnswering answering, CacheOnSwitch cache) =>
        new($"router {router} {scope} {answering} {cache}", GenerationRequest.ForUser(prompt.Input) with
        {
            RoutingScope = scope,
            SegmentAnswering = answering,
            CacheOnSwitch = cache,
            MaxTokens = prompt.MaxTokens,
        });

    private async Task<CompositeResult> RunAsync(string name, Func<CompositePrompt, AnswerRequest> ask)
    {
        double score = 0;
        double listed = 0;
        int both = 0;
        int lists = 0;
        int tokens = 0;
        int switched = 0;
        await source.AnswerTogetherAsync(prompts.Select(ask)).ConfigureAwait(false);
        for (int i = 0; i < prompts.Count; i++)
        {
            CompositePrompt prompt = prompts[i];
            StoredAnswer answer = await source.AnswerAsync(ask(prompt)).ConfigureAwait(false);
            score += prompt.Score(answer.Text);
            listed += prompt.Score(answer.Parts.Count > 0 ? answer.Parts : [answer.Text]);
            lists += answer.Parts.Count > 0 ? 1 : 0;
            both += answer.Parts.Count == prompt.Questions.Count ? 1 : 0;
            tokens += answer.Tokens;
            switched += answer.Mixtures.Distinct().Count() > 1 ? 1 : 0;
            progress.Step($"composite: {name}", i + 1, prompts.Count);
        }

        double questions = prompts.Sum(p => p.Questions.Count);
        double count = prompts.Count;
        return new CompositeResult(
            name,
            score / questions,
            lists > 0 ? listed / questions : null,
            score / questions / _alone,
            lists > 0 ? both / count : null,
            tokens / count,
            lists == 0 && name.Contains("together", StringComparison.Ordinal) ? switched / count : null);
    }
}
