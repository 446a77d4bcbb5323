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
    private readonly AnswerText? _text;
    private readonly List<GenerationPass> _passes = [];
    private int _current;
    private KvContent? _found;
    private bool _stoppedBetween;
    private bool _unanswered;
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
        _mixtures = new RequestMixtures(parts.Adapters, parts.Fusion, parts.Compressor);
        _text = PromptPlanner.CreateText(parts, request);
    }

    /// <summary>Tokens that its longest pass may grow to; known once it is prepared.</summary>
    public int Capacity { get; private set; }

    /// <summary>Whether the last pass has its answer, or no further one may begin.</summary>
    public bool Done => _stoppedBetween || _unanswered || _passes[^1].Done;

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
            // One seed, which the result tells, for all.
            GenerationRequest request = _passes.Count == 0 ? _request : _request with { Sampling = _request.Sampling with { Seed = _passes[0].Seed } };
            GenerationPass pass = new(_parts, request, prompt, _mixtures, _text, _publish);
            Capacity = Math.Max(Capacity, pass.Capacity);
            _passes.Add(pass);
        }

        Share();
        _since = Stopwatch.GetTimestamp();
        _prepare = Stopwatch.GetElapsedTime(started, _since);
    }

    /// <summary>It has waited for its row.</summary>
    /// <param name="found">What it found in it; null for nothing.</param>
    public void Admitted(KvContent? found)
    {
        _found = found;
        _queued += Lap();
    }

    /// <summary>What its row holds; null where that is of no use to anybody.</summary>
    /// <param name="length">Tokens in the row.</param>
    public KvContent? Held(int length)
    {
        if (Current.AtStart)
        {
            return _current == 0 ? _found : _passes[_current - 1].Held(length);
        }

        return Current.Held(length);
    }

    /// <summary>What the row is to hold before the current pass's prompt is read; null once that has begun.</summary>
    public KvContent? Wanted => Current.Wanted;

    /// <summary>Says that the row holds the first tokens of <see cref="Wanted"/> already.</summary>
    public void Skip(int tokens) => Current.Skip(tokens);

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

    /// <summary>Runs <see cref="NextToken"/> together with guesses of those to come, if some are worth it, and picks all that came true and the next.</summary>
    /// <returns>Whether it was done; false has changed nothing.</returns>
    public bool TryDecodeAhead(KvRows rows, int row)
    {
        if (!Current.TryDecodeAhead(rows, row))
        {
            return false;
        }

        _decode += Lap();
        Advance();
        return true;
    }

    /// <summary>The result of a run that is done; published as the last update.</summary>
    public GenerationResult Finish()
    {
        FinishReason lastReason = Current.Reason;
        string? held = _text is null ? null : string.Empty;
        if (_text is not null && !_stoppedBetween && lastReason != FinishReason.StopString)
        {
            held = _text.End(out bool stopped);
            lastReason = stopped ? FinishReason.StopString : lastReason;
        }

        AnsweredPasses answered = new([.. _passes.Take(_current + 1)], _text);
        GenerationResult result = new()
        {
            Text = _text is null ? null : new string(_text.Text),
            Answers = answered.Answers(lastReason),
            OutputIds = answered.OutputIds,
            FinishReason = Reason(lastReason),
            Usage = answered.Usage with { QueueTime = _queued, PrepareTime = _prepare, PrefillTime = _prefill, DecodeTime = _decode },
            Routing = WithCompression(answered.Routing),
            Seed = _passes[0].Seed,
            PromptLogits = _passes[0].PromptLogits,
        };
        _parts.Log.Answered(result.Usage.PromptTokens, result.Usage.CompletionTokens, result.FinishReason, result.Routing[^1].Mixture.ToString());
        _publish?.Invoke(new GenerationUpdate { Text = held, Result = result });
        return result;
    }

    public void Dispose() => _mixtures.Dispose();

    /// <summary>
    /// Goes over to the next pass once one has its answer, with a blank line between the answers. There is none after a stop string, also one
    /// that the blank line completes, and without a token left.
    /// </summary>
    private void Advance()
    {
        if (!Current.Done || _current == _passes.Count - 1)
        {
            return;
        }

        _stoppedBetween = Current.Reason == FinishReason.StopString;
        _unanswered = _passes.Take(_current + 1).Sum(p => p.Output.Count) == _request.MaxTokens;
        if (_stoppedBetween || _unanswered)
        {
            return;
        }

        if (_text?.BeginNext(out _stoppedBetween) is { Length: > 0 } certain)
        {
            _publish?.Invoke(new GenerationUpdate { Text = certain });
        }

        if (!_stoppedBetween)
        {
            _current++;
            Share();
        }
    }

    /// <summary>Gives the current pass its equal part of the tokens that the passes before it left.</summary>
    private void Share()
    {
        int used = _passes.Take(_current).Sum(p => p.Output.Count);
        int passes = _passes.Count - _current;
        Current.Limit(Part(_request.MaxTokens - used), Part(Math.Max(0, _request.MinTokens - used)));

        int Part(int tokens) => (tokens + passes - 1) / passes;
    }

    private FinishReason Reason(FinishReason last)
    {
        if (_stoppedBetween || last == FinishReason.StopString)
        {
            return FinishReason.StopString;
        }

        return _unanswered || _passes.Take(_current + 1).Any(p => p.Reason == FinishReason.Length) ? FinishReason.Length : last;
    }

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
                    _mixtures.Prepare([.. prompts[i].Mixtures, prompts[i].Answer.Mixture], _cancellation);
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

    /// <summary>Adds what was lost by computing mixtures with a lower rank.</summary>
    private IReadOnlyList<AppliedMixture> WithCompression(IReadOnlyList<AppliedMixture> routing) =>
        _parts.Compressor is null ? routing : [.. routing.Select(a => a with { Compression = _mixtures.CompressionOf(a.Mixture) })];

    /// <summary>The time since the last lap.</summary>
    private TimeSpan Lap()
    {
        long now = Stopwatch.GetTimestamp();
        TimeSpan lap = Stopwatch.GetElapsedTime(_since, now);
        _since = now;
        return lap;
    }
}
