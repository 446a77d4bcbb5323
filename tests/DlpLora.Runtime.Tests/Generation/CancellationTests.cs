using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>Requests that are given up: in a long prompt, in an answer, before they run.</summary>
[TestClass]
public sealed class CancellationTests
{
    [TestMethod]
    public async Task CancellationStopsALongPromptBetweenItsChunks()
    {
        using CancellationTokenSource stop = new();
        ScriptedBackend backend = new("answer") { OnRun = run => CancelAt(run, 2, stop) };
        await using DlpLoraEngine engine = backend.CreateEngine(new DlpLoraOptions { PrefillChunk = 16 });
        GenerationRequest request = new() { InputIds = new int[600] };
        OperationCanceledException error = await Assert.ThrowsExactlyAsync<TaskCanceledException>(() => engine.GenerateAsync(request, stop.Token));
        Assert.AreEqual(stop.Token, error.CancellationToken);
        Assert.HasCount(3, backend.Runs);
        backend.OnRun = null;
        Assert.AreEqual("answer", (await engine.GenerateAsync(request)).Text);
        Assert.AreEqual(1, backend.Decoders, "the cache is used again");
    }

    [TestMethod]
    public async Task CancellationStopsAnAnswerBetweenTwoTokens()
    {
        using CancellationTokenSource stop = new();
        ScriptedBackend backend = new("a long answer") { OnRun = run => CancelAt(run, 4, stop) };
        await using DlpLoraEngine engine = backend.CreateEngine();
        List<int> tokens = [];
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (GenerationUpdate update in engine.StreamAsync(new GenerationRequest { InputIds = [1] }, stop.Token))
            {
                tokens.Add(update.TokenId!.Value);
            }
        });
        Assert.HasCount(5, backend.Runs);
        Assert.IsLessThanOrEqualTo(5, tokens.Count);
    }

    [TestMethod]
    public async Task ACancelledRequestNeverRuns()
    {
        ScriptedBackend backend = new("x");
        await using DlpLoraEngine engine = backend.CreateEngine();
        await Assert.ThrowsExactlyAsync<TaskCanceledException>(
            () => engine.GenerateAsync(new GenerationRequest { InputIds = [1] }, new CancellationToken(canceled: true)));
        Assert.IsEmpty(backend.Runs);
    }

    private static void CancelAt(int run, int at, CancellationTokenSource source)
    {
        if (run == at)
        {
            source.Cancel();
        }
    }
}
