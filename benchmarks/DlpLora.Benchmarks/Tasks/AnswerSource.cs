using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DlpLora.Runtime;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Templates;

namespace DlpLora.Benchmarks.Tasks;

/// <summary>
/// Answers questions, each distinct one once: by base and precision, the adapters' files and weights (or the router and how it is asked), the
/// prompt's text and the most tokens. Another form of the graph over the same base counts as the same model.
/// </summary>
internal sealed class AnswerSource
{
    private readonly DlpLoraEngine _engine;
    private readonly AnswerStore _store;
    private readonly string _model;
    private readonly Dictionary<string, string> _digests;

    public AnswerSource(DlpLoraEngine engine, AnswerStore store)
    {
        _engine = engine;
        _store = store;
        _model = $"{engine.Model.BaseFingerprint} {engine.Model.Precision}";
        _digests = engine.Adapters.Names.ToDictionary(name => name, name => Digest(engine.Adapters.Get(name).Folder));
    }

    /// <summary>How many answers were generated, and how many were there already.</summary>
    public int Generated { get; private set; }

    public int Reused { get; private set; }

    /// <summary>A request for a mixture, past the router.</summary>
    public AnswerRequest Pinned(string prompt, Mixture mixture, int maxTokens)
    {
        string content = string.Join('+', mixture.Adapters.Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Weight:R} {_digests[a.Name]}")));
        return new AnswerRequest(content, GenerationRequest.ForUser(prompt) with { Mixture = mixture, MaxTokens = maxTokens });
    }

    /// <summary>Answers a prompt with a mixture, past the router.</summary>
    public Task<StoredAnswer> AnswerAsync(string prompt, Mixture mixture, int maxTokens) => AnswerAsync(Pinned(prompt, mixture, maxTokens));

    /// <summary>Generates what is missing of several answers, as many together as the engine decodes.</summary>
    public async Task AnswerTogetherAsync(IEnumerable<AnswerRequest> requests)
    {
        List<(string Key, Task<GenerationResult> Answer)> missing = [];
        HashSet<string> asked = [];
        foreach (AnswerRequest request in requests)
        {
            string key = Key(request);
            if (_store.Find(key) is null && asked.Add(key))
            {
                missing.Add((key, _engine.GenerateAsync(request.Request)));
            }
        }

        foreach ((string key, Task<GenerationResult> answer) in missing)
        {
            Store(key, await answer.ConfigureAwait(false));
        }
    }

    /// <summary>Whether two requests, both asked now and by themselves, have one answer.</summary>
    public async Task<bool> AgreeAsync(GenerationRequest first, GenerationRequest second) =>
        (await _engine.GenerateAsync(first).ConfigureAwait(false)).Text == (await _engine.GenerateAsync(second).ConfigureAwait(false)).Text;

    /// <summary>The stored answer, or one that is generated now.</summary>
    public async Task<StoredAnswer> AnswerAsync(AnswerRequest request)
    {
        string key = Key(request);
        if (_store.Find(key) is { } stored)
        {
            Reused++;
            return stored;
        }

        return Store(key, await _engine.GenerateAsync(request.Request).ConfigureAwait(false));
    }

    private string Key(AnswerRequest request)
    {
        ChatMessage message = request.Request.Messages![0];
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{_model}\0{request.Way}\0{request.Request.MaxTokens}\0{message.Content}"))))[..32];
    }

    private StoredAnswer Store(string key, GenerationResult result)
    {
        StoredAnswer answer = new(
            key,
            result.Text!,
            result.Usage.CompletionTokens,
            [.. result.Answers.Select(a => a.Text!)],
            [.. result.Routing.Where(r => r.EndToken > result.Usage.PromptTokens || result.Answers.Count > 0).Select(r => r.Mixture.ToString())]);
        _store.Add(answer);
        Generated++;
        return answer;
    }

    private static string Digest(string folder)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(File.ReadAllBytes(Path.Combine(folder, "adapter_config.json")));
        hash.AppendData(File.ReadAllBytes(Path.Combine(folder, "adapter_model.safetensors")));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
