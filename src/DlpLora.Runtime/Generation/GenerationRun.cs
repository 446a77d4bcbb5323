using System.Diagnostics;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// One request as a sequence of passes, each a prompt and its answer, driven from outside: <see cref="Prepare"/>, then
/// <see cref="Begin"/> with a decoder of at least <see cref="Capacity"/>, then <see cref="Step"/> until <see cref="Done"/>, then
/// <see cref="Finish"/>. The answers of its passes, one after the other, are the request's answer.
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
    /// <param name="cancellation">Looked at before every step.</param>
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

    /// <summary>Begins the first pass.</summary>
    /// <param name="decoder">An empty one.</param>
    public void Begin(IDecoder decoder)
    {
        _queued += Lap();
        Current.Begin(decoder);
    }

    /// <summary>Runs the model once, for a chunk of a prompt or a token.</summary>
    /// <exception cref="OperationCanceledException">The request was cancelled; the decoder is as the step before left it.</exception>
    public void Step(IDecoder decoder)
    {
        _cancellation.ThrowIfCancellationRequested();
        GenerationPass pass = Current;
        bool prefilling = pass.Prefilling;
        pass.Step(decoder);
        if (prefilling)
        {
            _prefill += Lap();
        }
        else
        {
            _decode += Lap();
        }

        if (pass.Done && _current < _passes.Count - 1)
        {
            if (pass.Flush() is { Length: > 0 } held)
            {
                _publish?.Invoke(new GenerationUpdate { Text = held });
            }

            _current++;
            decoder.Reset();
            Current.Begin(decoder);
        }
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

    /// <summary>The time since the last lap.</summary>
    private TimeSpan Lap()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan lap = Stopwatch.GetElapsedTime(_since, now);
        _since = now;
        return lap;
    }
}
