using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Generation.Speculation;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Generation;

/// <summary>
/// One prompt of a request and the answer to it: it reads the prompt into its row chunk by chunk, and then picks a token from the logits of
/// every run. It owns what it picks tokens with: sampler, penalties, text, stop strings, the mixture in force and its re-routing.
/// </summary>
internal sealed class GenerationPass
{
    /// <summary>Tokens of an answer that room is made for at once, so that it does not grow while it is written.</summary>
    private const int MostReserved = 1024;

    private readonly EngineParts _parts;
    private readonly GenerationRequest _request;
    private readonly PreparedPrompt _prompt;
    private readonly RequestMixtures _mixtures;
    private readonly Action<GenerationUpdate>? _publish;
    private readonly Sampler _sampler;
    private readonly AnswerText? _text;
    private readonly List<int> _output;
    private readonly List<AppliedMixture> _routing = [];
    private readonly int _room;
    private readonly Speculator? _speculator;
    private PreparedPrompt _reading; // the prompt; after a switch that recomputes, the prompt and the answer so far
    private PlannedMixture _inForce;
    private int _inForceFrom;
    private int _read;
    private bool _begun; // whether a part of what is read now has run
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
        _output = new List<int>(Math.Min(_maxTokens, MostReserved));
        _sampler = new Sampler(request.Sampling, prompt.Ids);
        _speculator = request.PromptLookup ?? parts.Options.PromptLookup ? new Speculator(prompt.Ids, Capacity) : null;
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

    /// <summary>Tokens of the prompt that were not computed again.</summary>
    public int CachedTokens { get; private set; }

    /// <summary>What its row holds; null before a part was read.</summary>
    /// <param name="length">Tokens in the row.</param>
    public KvContent? Held(int length) => _begun ? Content(length) : null;

    /// <summary>What the first run may find in the row: all of the prompt but its last token, whose logits are needed. Null once it has begun.</summary>
    public KvContent? Wanted => AtStart ? Content(_prompt.Ids.Length - 1) : null;

    /// <summary>Whether nothing has run yet.</summary>
    public bool AtStart => !_begun && ReferenceEquals(_reading, _prompt);

    /// <summary>Says that the row holds the first tokens of <see cref="Wanted"/> already.</summary>
    public void Skip(int tokens) => CachedTokens = _read = tokens;

    /// <summary>Whether a part of the prompt has not been read yet.</summary>
    public bool Prefilling => Unread > 0;

    /// <summary>Tokens that have to be read before the next one is picked.</summary>
    public int Unread => _reading.Ids.Length - _read;

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

    /// <summary>Tokens that were guessed and checked.</summary>
    public int Guessed => _speculator?.Guessed ?? 0;

    /// <summary>Guessed tokens that came true.</summary>
    public int GuessedRight => _speculator?.Right ?? 0;

    /// <summary>The mixture that computes the answer's next token.</summary>
    public Mixture InForce => _inForce.Mixture;

    /// <summary>The token that was picked last and is to be run next.</summary>
    public int NextToken => _output[^1];

    /// <summary>Reads the next part of the prompt into a row; after the last part the answer's first token is picked.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="row">The pass's row.</param>
    /// <param name="limit">The most tokens to read.</param>
    public void Read(KvRows rows, int row, int limit)
    {
        if (!_begun)
        {
            _begun = true;
            rows.Decoder.Truncate(row, _read);
            _mixtures.Select(_reading.Mixtures);
        }

        int length = Math.Min(limit, _reading.Ids.Length - _read);
        rows.Grow(row, length);
        PromptChunk.Bind(rows.Decoder, _mixtures, _reading.Parts, _read, length);
        Span<float> logits = rows.Decoder.Read(row, _reading.Ids.AsSpan(_read, length), [length - 1]);
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

        Accept(logits);
    }

    /// <summary>Runs the token picked last for its row alone, without the others, and picks the next.</summary>
    public void DecodeAlone(KvRows rows, int row) => Accept(RunAlone(rows, row, [NextToken], [0]));

    /// <summary>
    /// Runs the token picked last together with guesses of those to come, if some are worth it, and picks tokens as long as they are the
    /// guessed ones: the same tokens as without, in fewer runs.
    /// </summary>
    /// <returns>Whether it was done; false has changed nothing.</returns>
    public bool TryDecodeAhead(KvRows rows, int row)
    {
        if (_speculator is null)
        {
            return false;
        }

        // The token picked last, then the guesses.
        Span<int> ids = stackalloc int[Speculator.MostGuesses + 1];
        int guesses = _speculator.Guess(_output, _maxTokens - _output.Count - 1, ids[1..]);
        if (guesses == 0)
        {
            return false;
        }

        ids[0] = NextToken;
        ids = ids[..(guesses + 1)];
        Span<int> wanted = stackalloc int[guesses + 1];
        for (int i = 0; i < wanted.Length; i++)
        {
            wanted[i] = i;
        }

        int before = rows.Decoder.Length(row);
        PlannedMixture inForce = _inForce;

        // [guesses + 1, vocabulary]
        Span<float> logits = RunAlone(rows, row, ids, wanted);
        int vocabulary = _parts.Model.VocabularySize;
        int right = 0;
        bool goesOn;
        while (true)
        {
            Accept(logits.Slice(right * vocabulary, vocabulary));
            goesOn = !Done && !Prefilling && ReferenceEquals(inForce, _inForce);
            if (!goesOn || right == guesses || NextToken != ids[right + 1])
            {
                break;
            }

            right++;
        }

        // What was computed behind the first wrong guess, or for a mixture that is no longer in force.
        rows.Decoder.Truncate(row, before + right + 1);
        _speculator.Learn(goesOn ? guesses : right, right);
        return true;
    }

    /// <summary>Picks the next token.</summary>
    /// <param name="logits">[vocabulary], of the token that ran last; overwritten.</param>
    /// <exception cref="InvalidLogitsException">The logits hold NaN or infinity.</exception>
    public void Accept(Span<float> logits)
    {
        int token = _sampler.Pick(logits, _output.Count < _minTokens ? _parts.EndTokens : []);
        if (token < 0)
        {
            Mixture culprit = _output.Count == 0 ? _prompt.Parts[^1].Mixture : InForce;
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
            Reroute();
        }
    }

    /// <summary>Runs tokens for one row, without the others, with the mixture in force.</summary>
    /// <returns>[logits rows, vocabulary].</returns>
    private Span<float> RunAlone(KvRows rows, int row, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
    {
        _mixtures.Select(InForce);
        rows.Grow(row, ids.Length);
        _mixtures.WriteGate(InForce, rows.Decoder.Bind(1, _mixtures.Stack, 1));
        return rows.Decoder.Read(row, ids, logitsRows);
    }

    /// <summary>Adds a token to the text and publishes it. Returns whether a stop string is complete.</summary>
    private bool Publish(int token)
    {
        bool stopped = false;
        ReadOnlySpan<char> certain = _text is null ? [] : _text.Add(token, out stopped);
        if (_publish is not null)
        {
            _publish(new GenerationUpdate { Text = _text is null ? null : new string(certain), TokenId = token });
        }

        return stopped;
    }

    /// <summary>At the end of a sentence asks the router, and goes on with the mixture that it switches to.</summary>
    private void Reroute()
    {
        if (_text is not null && _prompt.Rerouting?.AtSentenceEnd(_text.Text) is { } next && TryHold(next.Mixture))
        {
            int position = _prompt.Ids.Length + _output.Count - 1;
            AddAnswerPart(position);
            (_inForce, _inForceFrom) = (next, position);
            _prompt.Rerouting.Accept(next);
            if ((_request.CacheOnSwitch ?? _parts.Options.CacheOnSwitch) == CacheOnSwitch.Recompute)
            {
                ReadAgain();
            }
        }
    }

    /// <summary>Has the prompt and the answer so far, the token picked last included, read again with the mixture in force.</summary>
    private void ReadAgain()
    {
        int[] ids = [.. _prompt.Ids, .. _output];
        _reading = new PreparedPrompt(ids, [_inForce.Over(0, ids.Length)], _inForce, null);
        (_read, _begun) = (0, false);
    }

    /// <summary>The first tokens of prompt and answer, with the mixtures that compute them in this pass.</summary>
    private KvContent Content(int length)
    {
        int[] tokens = new int[length];
        int prompt = Math.Min(length, _prompt.Ids.Length);
        _prompt.Ids.AsSpan(0, prompt).CopyTo(tokens);
        _output.CopyTo(0, tokens, prompt, length - prompt);
        List<KvStretch> stretches = [];
        foreach (AppliedMixture part in _reading.Parts)
        {
            Add(part.Mixture, part.EndToken);
        }

        // What was read again has another mixture than at first: the parts read above come before these.
        foreach (AppliedMixture part in _routing)
        {
            Add(part.Mixture, part.EndToken);
        }

        Add(InForce, length);
        return new KvContent(_request.Tenant, tokens, stretches);

        void Add(Mixture mixture, int end)
        {
            int covered = stretches.Count == 0 ? 0 : stretches[^1].End;
            if (covered < length && covered < end)
            {
                stretches.Add(new KvStretch(end, _mixtures.ContentOf(mixture)));
            }
        }
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

    /// <summary>Takes hold of a mixture that the router asks for; an adapter that was removed a moment ago leaves the present one in force.</summary>
    private bool TryHold(Mixture mixture)
    {
        try
        {
            _mixtures.Hold(mixture);
            return true;
        }
        catch (UnknownAdapterException)
        {
            return false;
        }
    }
}
