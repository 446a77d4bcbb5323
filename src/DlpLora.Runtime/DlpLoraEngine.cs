using System.Runtime.CompilerServices;
using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;
using DlpLora.Runtime.Templates;
using DlpLora.Runtime.Tokenization;

namespace DlpLora.Runtime;

/// <summary>
/// A loaded model with its adapters and its router. A request is answered by the mixture that it pins, else by the one that the router
/// decides for from the text itself, else by the base; the mixture is applied inside the running model.
/// </summary>
/// <remarks>
/// Thread-safe: any number of requests may be under way. <see cref="DlpLoraOptions.MaxConcurrentGenerations"/> of them are computed
/// together, on a thread of the engine's own, the others wait their turn. A request that fails leaves the engine serving. Disposing takes no
/// more requests and ends when those under way and waiting are done; cancel them to end sooner. Disposing twice is safe.
/// </remarks>
public sealed class DlpLoraEngine : IAsyncDisposable
{
    private readonly EngineParts _parts;
    private readonly GenerationScheduler _scheduler;
    private readonly Lock _disposing = new();
    private Task? _disposed;

    internal DlpLoraEngine(EngineParts parts)
    {
        _parts = parts;
        _scheduler = new GenerationScheduler(parts);
    }

    /// <summary>The model's dimensions, slots and fingerprint.</summary>
    public ModelManifest Model => _parts.Model;

    /// <summary>The adapters that requests may use; they may be added and removed at any time.</summary>
    public AdapterRegistry Adapters => _parts.Adapters;

    /// <summary>
    /// The router; null without <see cref="DlpLoraOptions.RouterFile"/> until one is set by <see cref="ReplaceRouter(Router)"/>. A decision says
    /// which one made it (<see cref="RoutingDecision.RouterVersion"/>).
    /// </summary>
    public Router? Router => _parts.Router;

    /// <summary>The tokenizer; null where the model folder has no <c>tokenizer.json</c>, and then requests give token ids.</summary>
    public HuggingFaceTokenizer? Tokenizer => _parts.Tokenizer;

    /// <summary>
    /// The model's chat template; null where the folder has none or it cannot be read. Then requests with messages fail with the reason, and
    /// others are answered.
    /// </summary>
    public ChatTemplate? ChatTemplate => _parts.Template;

    /// <summary>Loads a model folder.</summary>
    /// <param name="modelFolder">The folder that <c>dlplora export</c> wrote.</param>
    /// <param name="options">How to open it; null for the defaults.</param>
    /// <param name="cancellationToken">Looked at between the steps of loading.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidFileException">A file or folder is missing, damaged, or not what the manifest describes.</exception>
    /// <exception cref="Diagnostics.NativeLibraryException">ONNX Runtime's native library was not found.</exception>
    /// <exception cref="RouterMismatchException">The router was made for another base.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<DlpLoraEngine> LoadAsync(string modelFolder, DlpLoraOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(modelFolder);
        DlpLoraOptions own = (options ?? new DlpLoraOptions()).Copy();
        own.Validate();
        return Task.Factory.StartNew(
            () => Load(modelFolder, own, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the request before its next run of the model: between two chunks of the prompt or two tokens.</param>
    /// <exception cref="InvalidRequestException">A value is missing or outside its range, the prompt is empty or longer than the context.</exception>
    /// <exception cref="UnknownAdapterException">The mixture names an adapter that is not registered.</exception>
    /// <exception cref="AdapterMismatchException">An adapter does not fit the model.</exception>
    /// <exception cref="InvalidFileException">An adapter's files are missing or damaged.</exception>
    /// <exception cref="QueueFullException">Too many requests wait.</exception>
    /// <exception cref="KvBudgetException">The sequence needs more memory than the engine may use.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; there is no result then, also not a partial one.</exception>
    /// <exception cref="ObjectDisposedException">The engine is disposed.</exception>
    public Task<GenerationResult> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return Submit(request, streamed: false, cancellationToken).Completion;
        }
        catch (Exception error) when (error is DlpLoraException or ObjectDisposedException)
        {
            return Task.FromException<GenerationResult>(error);
        }
    }

    /// <summary>Answers one user's message with the defaults: the chat template around it, the router's mixture, greedy, at most 256 tokens.</summary>
    /// <param name="prompt">What the user says.</param>
    /// <param name="cancellationToken">Ends the request before its next run of the model.</param>
    /// <exception cref="InvalidRequestException">The prompt is empty, or longer than the context.</exception>
    /// <exception cref="DlpLoraException">As <see cref="GenerateAsync(GenerationRequest, CancellationToken)"/> throws.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task<GenerationResult> GenerateAsync(string prompt, CancellationToken cancellationToken = default) =>
        GenerateAsync(GenerationRequest.ForUser(prompt), cancellationToken);

    /// <summary>Answers a request piece by piece, as the pieces become certain. The last update brings the result.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Ends the request before its next run of the model. Leaving the loop early does the same.</param>
    /// <returns>The pieces. Errors are thrown from the enumeration, the same as <see cref="GenerateAsync(GenerationRequest, CancellationToken)"/> throws.</returns>
    public async IAsyncEnumerable<GenerationUpdate> StreamAsync(
        GenerationRequest request, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using CancellationTokenSource abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        GenerationJob job = Submit(request, streamed: true, abandoned.Token);
        try
        {
            await foreach (GenerationUpdate update in job.Updates.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return update;
            }
        }
        finally
        {
            // Whoever leaves early gets the engine back with the request's memory returned.
            await abandoned.CancelAsync().ConfigureAwait(false);
            await ((Task)job.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>
    /// Puts another router in the place of <see cref="Router"/>, while requests run: those that have begun keep the router that they began with, later
    /// ones get the new one.
    /// </summary>
    /// <param name="router">The router.</param>
    /// <returns>The router before, if there was one.</returns>
    /// <exception cref="RouterMismatchException">The router was made for another base; nothing changed.</exception>
    public Router? ReplaceRouter(Router router)
    {
        ArgumentNullException.ThrowIfNull(router);
        EngineOpening.CheckBase(router, Model);
        return _parts.ReplaceRouter(router);
    }

    /// <summary>As <see cref="ReplaceRouter(Router)"/>, but only while the engine still has the router that the caller started from.</summary>
    /// <param name="router">The router.</param>
    /// <param name="expected">What the caller started from; null for none.</param>
    /// <returns>Whether the router was replaced; if not, somebody else was faster and nothing changed.</returns>
    /// <exception cref="RouterMismatchException">The router was made for another base; nothing changed.</exception>
    public bool TryReplaceRouter(Router router, Router? expected)
    {
        ArgumentNullException.ThrowIfNull(router);
        EngineOpening.CheckBase(router, Model);
        return _parts.ReplaceRouter(router, expected) == expected;
    }

    /// <summary>Takes no more requests, waits for those under way and waiting, and frees the model.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_disposing)
        {
            return new ValueTask(_disposed ??= CloseAsync());
        }
    }

    private async Task CloseAsync()
    {
        await _scheduler.CloseAsync().ConfigureAwait(false);
        _parts.Free();
    }

    private GenerationJob Submit(GenerationRequest request, bool streamed, CancellationToken cancellationToken)
    {
        RequestChecks.Check(request, hasTokenizer: _parts.Tokenizer is not null);
        if (request.Mixture?.LeftOut.FirstOrDefault(n => !_parts.Adapters.Contains(n)) is { } unknown)
        {
            throw new UnknownAdapterException(unknown, _parts.Adapters.Names);
        }

        GenerationJob job = new(_parts, request, streamed, cancellationToken);
        _scheduler.Submit(job);
        return job;
    }

    /// <summary>Loads and waits, for containers, whose factories cannot.</summary>
    internal static DlpLoraEngine Load(string modelFolder, DlpLoraOptions options, CancellationToken cancellationToken) =>
        new(EngineOpening.Open(modelFolder, options, cancellationToken));
}
