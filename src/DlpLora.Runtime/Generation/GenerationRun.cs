using System.Diagnostics;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// One request as a sequence of passes, each a prompt and its answer, driven from outside: <see cref="Prepare"/>, <see cref="Admitted"/> once it
/// has a row, then <see cref="Read"/> while <see cref="Prefilling"/> and else <see cref="Accept"/> the logits of <see cref="NextToken"/>, until
/// <see cref="Done"/>; then <see cref="Finish"/>. The answers of its passes, one after the other, are the request's answer.
/// </summary>
/// <remarks>Not thread-safe. Disposing lets go of its adapters, at any stage.</remarks>
internal sealed class GenerationRun : IDisposable
{
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly Action<GenerationUpdate>? _publish;
    private readonly CancellationToken _cancellation;
    private readonly RequestMixtures _mixtures;
    private readonly long _submitted;
    private readonly List<GenerationPass> _passes = [];
    private int _current;
    private TimeSpan _queued;
    private TimeSpan _prepare;
    private TimeSpan _prefill;
    private TimeSpan _decode;
    private long _since;

    /// <param name="parts">The engine.</param>
    /// <param name="request">A checked request.</param>
    /// <param name="publish">Gets the pieces of the answer; null when nobody listens.</param>
    /// <param name="submitted">When the request came, a timestamp of <see cref="Stopwatch"/>.</param>
    /// <param name="cancellation">Looked at while it prepares.</param>
    public GenerationRun(EngineParts parts, GenerationRequest request, Action<GenerationUpdate>? publish, long submitted, CancellationToken cancellation)
    {
        _parts = parts;
        _request = request;
        _publish = publish;
        _submitted = submitted;
        _cancellation = cancellation;
        _mixtures = new RequestMixtures(parts.Adapters, parts.Fusion);
    }

    /// <summary>Tokens that its longest pass may grow to; known once it is prepared.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether the last pass has its answer.</summary>
    public bool Done => _passes[^1].Done;

    /// <summary>Whether a part of the current pass's prompt has not been read yet.</summary>
    public bool Prefilling => Current.Prefilling;

    /// <summary>Tokens of the current pass's prompt that have not been read yet.</summary>
    public int Unread => Current.Unread;

    /// <summary>Tokens of the first prompt.</summary>
    public int PromptTokens => _passes[0].PromptTokens;

    /// <summary>The token to be run next.</summary>
    public int NextToken => Current.NextToken;

    /// <summary>The mixture to run it with.</summary>
    public Mixture InForce => Current.InForce;

    /// <summary>What the request holds of adapters.</summary>
    public RequestMixtures Mixtures => _mixtures;

    private GenerationPass Current => _passes[_current];

    /// <summary>Plans the passes and takes hold of their adapters: template, tokens, routing, loading.</summary>
    public void Prepare()
    {
        long started = Stopwatch.GetTimestamp();
        _queued = Stopwatch.GetElapsedTime(_submitted, started);
        _cancellation.ThrowIfCancellationRequested();
        foreach (PreparedPrompt prompt in PlanAndHold())
        {
            GenerationPass pass = new(_parts, _request, prompt, _mixtures, _publish);
            Capacity = Math.Max(Capacity, pass.Capacity);
            _passes.Add(pass);
        }

        _since = Stopwatch.GetTimestamp();
        _prepare = Stopwatch.GetElapsedTime(started, _since);
    }

    /// <summary>It has waited for its row.</summary>
    public void Admitted() => _queued += Lap();

    /// <summary>Reads the next part of a pass's prompt into the request's row.</summary>
    public void Read(KvRows rows, int row, int limit)
    {
        Current.Read(rows, row, limit);
        _prefill += Lap();
        Advance();
    }

    /// <summary>Picks a token from the logits of the last run, [vocabulary].</summary>
    public void Accept(Span<float> logits)
    {
        Current.Accept(logits);
        _decode += Lap();
        Advance();
    }

    /// <summary>Runs <see cref="NextToken"/> without the other rows, and picks the next.</summary>
    public void DecodeAlone(KvRows rows, int row)
    {
        Current.DecodeAlone(rows, row);
        _decode += Lap();
        Advance();
    }

    /// <summary>The result of a run that is done; published as the last update.</summary>
    public GenerationResult Finish()
    {
        GenerationPass last = _passes[^1];
        string? held = last.Flush();
        GenerationResult result = new()
        {
            Text = last.Text is null ? null : string.Concat(_passes.Select(p => p.Text)),
            OutputIds = _passes.Count == 1 ? last.Output : [.. _passes.SelectMany(p => p.Output)],
            FinishReason = last.Reason,
            Usage = new GenerationUsage
            {
                PromptTokens = _passes.Sum(p => p.PromptTokens),
                CompletionTokens = _passes.Sum(p => p.Output.Count),
                QueueTime = _queued,
                PrepareTime = _prepare,
                PrefillTime = _prefill,
                DecodeTime = _decode,
            },
            Routing = _passes.Count == 1 ? last.Routing : [.. _passes.SelectMany(p => p.Routing)],
            Seed = _passes[0].Seed,
            PromptLogits = _passes[0].PromptLogits,
        };
        _parts.Log.Answered(result.Usage.PromptTokens, result.Usage.CompletionTokens, result.FinishReason, result.Routing[^1].Mixture.ToString());
        _publish?.Invoke(new GenerationUpdate { Text = held, Result = result });
        return result;
    }

    public void Dispose() => _mixtures.Dispose();

    private IReadOnlyList<PreparedPrompt> PlanAndHold()
    {
        while (true)
        {
            IReadOnlyList<PreparedPrompt> prompts = PromptPlanner.Plan(_parts, _request, _mixtures);
            try
            {
                // The first pass last, so that its stack is the one in place.
                for (int i = prompts.Count - 1; i >= 0; i--)
                {
                    _mixtures.Select(prompts[i].Mixtures);
                }

                return prompts;
            }
            catch (UnknownAdapterException) when (_request.Mixture is null)
            {
                // Removed after the router chose it: the next decision leaves it out.
                _cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Goes over to the next pass once one has its answer.</summary>
    private void Advance()
    {
        if (!Current.Done || _current == _passes.Count - 1)
        {
            return;
        }

        if (Current.Flush() is { Length: > 0 } held)
        {
            _publish?.Invoke(new GenerationUpdate { Text = held });
        }

        _current++;
    }

    /// <summary>The time since the last lap.</summary>
    private TimeSpan Lap()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan lap = Stopwatch.GetElapsedTime(_since, now);
        _since = now;
        return lap;
    }
}
