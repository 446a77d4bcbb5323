using System.Text.Json;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;

namespace DlpLora.Runtime.Generation;

/// <summary>What to answer, with which skills, and how long. Exactly one of <see cref="Messages"/>, <see cref="Prompt"/> and <see cref="InputIds"/> is given.</summary>
/// <remarks>
/// Which mixture answers: <see cref="Mixture"/> if it is given, else the router's decision if the engine has a router, else the base.
/// </remarks>
public sealed record GenerationRequest
{
    /// <summary>
    /// A conversation that goes through the model's chat template, oldest message first. What a user writes never becomes a control token,
    /// and the router reads the user's words alone.
    /// </summary>
    /// <value>Default null.</value>
    public IReadOnlyList<ChatMessage>? Messages { get; init; }

    /// <summary>Functions that the model may call, each the JSON object that the template expects; with <see cref="Messages"/> only.</summary>
    /// <value>Default null.</value>
    public IReadOnlyList<JsonElement>? Tools { get; init; }

    /// <summary>Further variables of the chat template; with <see cref="Messages"/> only.</summary>
    /// <value>Default null.</value>
    public IReadOnlyDictionary<string, object?>? TemplateVariables { get; init; }

    /// <summary>
    /// A text that goes to the model as it stands, without the chat template. Control tokens in it are parsed, so it must not hold a
    /// stranger's text.
    /// </summary>
    /// <value>Default null.</value>
    public string? Prompt { get; init; }

    /// <summary>Tokens that go to the model as they are.</summary>
    /// <value>Default null.</value>
    public IReadOnlyList<int>? InputIds { get; init; }

    /// <summary>A mixture to answer with, past the router; <see cref="Mixture.Empty"/> is the base.</summary>
    /// <value>Default null: the router decides, or the base answers.</value>
    public Mixture? Mixture { get; init; }

    /// <summary>How the router decides for this request.</summary>
    /// <value>Default null: as <see cref="DlpLoraOptions.RoutingPolicy"/> says.</value>
    public RoutingPolicy? RoutingPolicy { get; init; }

    /// <summary>Whether the router decides once a prompt or for every sentence.</summary>
    /// <value>Default null: as <see cref="DlpLoraOptions.RoutingScope"/> says.</value>
    public RoutingScope? RoutingScope { get; init; }

    /// <summary>In sentence scope, whether the questions of the last user turn are answered one by one or together.</summary>
    /// <value>Default null: as <see cref="DlpLoraOptions.SegmentAnswering"/> says.</value>
    public SegmentAnswering? SegmentAnswering { get; init; }

    /// <summary>What becomes of the KV cache when the mixture changes in the middle of an answer.</summary>
    /// <value>Default null: as <see cref="DlpLoraOptions.CacheOnSwitch"/> says.</value>
    public CacheOnSwitch? CacheOnSwitch { get; init; }

    /// <summary>
    /// Whether tokens are guessed from what followed the same tokens before, in the prompt or the answer, and several checked in one run of the
    /// model while no other request decodes. The answer is the same, drawn or greedy, up to the rounding of runs of several tokens; answers that
    /// quote or rewrite their prompt come faster.
    /// </summary>
    /// <value>Default null: as <see cref="DlpLoraOptions.PromptLookup"/> says.</value>
    public bool? PromptLookup { get; init; }

    /// <summary>How tokens are picked.</summary>
    /// <value>Default <see cref="SamplingOptions.Greedy"/>.</value>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>
    /// The most tokens of the answer, the end token included. The answer also ends where the model's context is full. Questions that are
    /// answered one by one share them: each may take an equal part of what the earlier ones left.
    /// </summary>
    /// <value>0 to 16,777,216; with 0 only the prompt is read. Default 256.</value>
    public int MaxTokens { get; init; } = 256;

    /// <summary>The end tokens are held back until the answer has so many tokens; questions answered one by one share them like <see cref="MaxTokens"/>.</summary>
    /// <value>0 to <see cref="MaxTokens"/>. Default 0.</value>
    public int MinTokens { get; init; }

    /// <summary>
    /// Texts that end the answer wherever they appear in it, also across tokens. They and what follows are left out of it, the answers to
    /// further questions as well.
    /// </summary>
    /// <value>At most 64 texts, each of 1 to 1,024 UTF-16 units. Default none.</value>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Which of the waiting requests come first.</summary>
    /// <value>Default <see cref="RequestPriority.Normal"/>.</value>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>For whom the request is: waiting requests of one priority are served tenant by tenant in turn, and tenants share no KV cache.</summary>
    /// <value>Any string, or null for the tenant of all that name none. Default null.</value>
    public string? Tenant { get; init; }

    /// <summary>Whether the result brings the logits at the last prompt position.</summary>
    /// <value>Default false.</value>
    public bool ReturnPromptLogits { get; init; }

    /// <summary>A request of one user's message, which goes through the chat template.</summary>
    /// <param name="text">What the user says.</param>
    public static GenerationRequest ForUser(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new GenerationRequest { Messages = [new ChatMessage("user", text)] };
    }
}
