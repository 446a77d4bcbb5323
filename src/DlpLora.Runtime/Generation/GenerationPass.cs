using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// One prompt of a request and the answer to it, a run of the model at a time: the prompt in chunks, then token by token. It begins on an
/// empty decoder and owns what it picks tokens with: sampler, penalties, text, stop strings, the mixture in force and its re-routing.
/// </summary>
internal sealed class GenerationPass
{
    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly PreparedPrompt _prompt;
    private readonly RequestMixtures _mixtures;
    private readonly Action<GenerationUpdate>? _publish;
    private readonly Sampler _sampler;
    private readonly AnswerText? _text;
    private readonly List<int> _output = [];
    private readonly List<AppliedMixture> _routing = [];
    private readonly int _room;
    private PreparedPrompt _reading; // the prompt; after a switch that recomputes, the prompt and the answer so far
    private PlannedMixture _inForce;
    private int _inForceFrom;
    private int _read;
    private int _maxTokens;
    private int _minTokens;

    /// <param name="parts">The engine.</param>
    /// <param name="request">The request that the pass belongs to.</param>
    /// <param name="prompt">The pass's prompt.</param>
    /// <param name="mixtures">What the request holds of adapters.</param>
    /// <param name="text">The request's text, which the answer goes on; null without a tokenizer.</param>
    /// <param name="publish">Gets the pieces of the answer; null when nobody listens.</param>
    /// <exception cref="PromptTooLongException">The prompt leaves no room for an answer.</exception>
    public GenerationPass(
        EngineParts parts, GenerationRequest request, PreparedPrompt prompt, RequestMixtures mixtures, AnswerText? text, Action<GenerationUpdate>? publish)
    {
        _parts = parts;
        _request = request;
        _prompt = prompt;
        _mixtures = mixtures;
        _publish = publish;
        _room = parts.Model.ContextLength - prompt.Ids.Length;
        if (_room == 0 && request.MaxTokens > 0)
        {
            throw new PromptTooLongException(prompt.Ids.Length, parts.Model.ContextLength);
        }

        Limit(request.MaxTokens, request.MinTokens);
        _sampler = new Sampler(request.Sampling, prompt.Ids);
        _text = text;
        _reading = prompt;
        _inForce = prompt.Answer;
        _inForceFrom = prompt.Ids.Length;
        _routing.AddRange(prompt.Parts);
    }

    /// <summary>The question that the prompt asks; null where it asks the whole turn.</summary>
    public SegmentDecision? Question => _prompt.Question;

    /// <summary>The mixture that the answer began with.</summary>
    public PlannedMixture Planned => _prompt.Answer;

    /// <summary>Tokens that its sequence may grow to, prompt and answer.</summary>
    public int Capacity => _prompt.Ids.Length + _maxTokens;

    public int PromptTokens => _prompt.Ids.Length;

    /// <summary>Whether a part of the prompt has not been read yet.</summary>
    public bool Prefilling => _read < _reading.Ids.Length;

    /// <summary>Whether the answer is complete.</summary>
    public bool Done { get; private set; }

    public FinishReason Reason { get; private set; } = FinishReason.Length;

    /// <summary>The tokens of the answer, the end token included.</summary>
    public IReadOnlyList<int> Output => _output;

    /// <summary>Which mixture computed which tokens; complete once the answer is.</summary>
    public IReadOnlyList<AppliedMixture> Routing => _routing;

    public long? Seed => _sampler.Seed;

    /// <summary>The logits at the last prompt position, if the request wants them.</summary>
    public float[]? PromptLogits { get; private set; }

    /// <summary>Says how many tokens its answer may have.</summary>
    /// <param name="maxTokens">The most; fewer where the context is full.</param>
    /// <param name="minTokens">The end tokens are held back until then.</param>
    public void Limit(int maxTokens, int minTokens)
    {
        _maxTokens = Math.Min(maxTokens, _room);
        _minTokens = minTokens;
    }

    /// <summary>Binds the prompt's adapters to an empty decoder.</summary>
    public void Begin(IDecoder decoder)
    {
        _mixtures.Select(_prompt.Mixtures);
        decoder.Bind(_mixtures.Stack);
    }

    /// <summary>Runs the model once: the next chunk of the prompt, or the token picked last. Unless a part of the prompt is left, the next token is picked.</summary>
    public void Step(IDecoder decoder)
    {
        if (!Prefilling)
        {
            Pick(decoder, decoder.Run([_output[^1]], [0]));
            return;
        }

        int length = Math.Min(_parts.Options.PrefillChunk, _reading.Ids.Length - _read);
        WriteGate(decoder, _read, length);
        Span<float> logits = decoder.Run(_reading.Ids.AsSpan(_read, length), [length - 1]);
        _read += length;
        if (Prefilling)
        {
            return;
        }

        PromptLogits ??= _request.ReturnPromptLogits ? logits.ToArray() : null;
        if (_maxTokens == 0)
        {
            End(FinishReason.Length);
            return;
        }

        Apply(decoder, _inForce.Mixture);
        Pick(decoder, logits);
    }

    /// <summary>Picks a token from the logits, [vocabulary], and prepares the decoder for running it.</summary>
    private void Pick(IDecoder decoder, Span<float> logits)
    {
        int token = _sampler.Pick(logits, _output.Count < _minTokens ? _parts.EndTokens : []);
        if (token < 0)
        {
            Mixture culprit = _output.Count == 0 ? _prompt.Parts[^1].Mixture : _inForce.Mixture;
            throw new InvalidLogitsException(_prompt.Ids.Length + _output.Count - 1, culprit.ToString());
        }

        _output.Add(token);
        if (Array.IndexOf(_parts.EndTokens, token) >= 0)
        {
            _publish?.Invoke(new GenerationUpdate { Text = _text is null ? null : string.Empty, TokenId = token });
            End(FinishReason.Stop);
        }
        else if (Publish(token))
        {
            End(FinishReason.StopString);
        }
        else if (_output.Count == _maxTokens)
        {
            End(FinishReason.Length);
        }
        else
        {
            Reroute(decoder);
        }
    }

    /// <summary>Adds a token to the text and publishes it. Returns whether a stop string is complete.</summary>
    private bool Publish(int token)
    {
        bool stopped = false;
        ReadOnlySpan<char> certain = _text is null ? [] : _text.Add(token, out stopped);
        _publish?.Invoke(new GenerationUpdate { Text = _text is null ? null : new string(certain), TokenId = token });
        return stopped;
    }

    /// <summary>At the end of a sentence asks the router, and goes on with the mixture that it switches to.</summary>
    private void Reroute(IDecoder decoder)
    {
        if (_text is not null && _prompt.Rerouting?.AtSentenceEnd(_text.Text) is { } next && TryApply(decoder, next.Mixture))
        {
            int position = _prompt.Ids.Length + _output.Count - 1;
            AddAnswerPart(position);
            (_inForce, _inForceFrom) = (next, position);
            _prompt.Rerouting.Accept(next);
            if ((_request.CacheOnSwitch ?? _parts.Options.CacheOnSwitch) == CacheOnSwitch.Recompute)
            {
                ReadAgain(decoder);
            }
        }
    }

    /// <summary>Has the prompt and the answer so far, the token picked last included, read again with the mixture in force.</summary>
    private void ReadAgain(IDecoder decoder)
    {
        int[] ids = [.. _prompt.Ids, .. _output];
        _reading = new PreparedPrompt(ids, [_inForce.Over(0, ids.Length)], _inForce, null);
        _read = 0;
        decoder.Reset();
        decoder.Bind(_mixtures.Stack);
    }

    private void End(FinishReason reason)
    {
        Reason = reason;
        Done = true;
        AddAnswerPart(_prompt.Ids.Length + _output.Count);
    }

    private void AddAnswerPart(int end)
    {
        if (end > _inForceFrom)
        {
            _routing.Add(_inForce.Over(_inForceFrom, end));
        }
    }

    /// <summary>Binds a mixture for the tokens to come: anew if its adapters are others than those stacked now.</summary>
    private void Apply(IDecoder decoder, Mixture mixture)
    {
        if (_mixtures.Select(mixture))
        {
            decoder.Bind(_mixtures.Stack);
        }

        _mixtures.WriteGate(mixture, decoder.Gate(1));
    }

    /// <summary>Applies a mixture that the router asks for; an adapter that was removed a moment ago leaves the present one in force.</summary>
    private bool TryApply(IDecoder decoder, Mixture mixture)
    {
        try
        {
            Apply(decoder, mixture);
            return true;
        }
        catch (UnknownAdapterException)
        {
            return false;
        }
    }

    /// <summary>The gate of a chunk of the prompt; a row a token only where the chunk holds several mixtures.</summary>
    private void WriteGate(IDecoder decoder, int from, int length)
    {
        if (_mixtures.Stack is not { } stack)
        {
            return;
        }

        Mixture? only = null;
        bool uniform = true;
        foreach (AppliedMixture part in _reading.Parts)
        {
            if (part.FirstToken < from + length && part.EndToken > from)
            {
                uniform &= only is null || only.Equals(part.Mixture);
                only ??= part.Mixture;
            }
        }

        if (uniform)
        {
            _mixtures.WriteGate(only!, decoder.Gate(1));
            return;
        }

        // [length, R]
        Span<float> gate = decoder.Gate(length);
        foreach (AppliedMixture part in _reading.Parts)
        {
            int first = Math.Max(part.FirstToken, from);
            int end = Math.Min(part.EndToken, from + length);
            for (int token = first; token < end; token++)
            {
                _mixtures.WriteGate(part.Mixture, gate.Slice((token - from) * stack.Rows, stack.Rows));
            }
        }
    }
}
