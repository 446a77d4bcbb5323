using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Generation;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Generation;

/// <summary>The batch on the calling thread.</summary>
[TestClass]
public sealed class GenerationBatchTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-generation-batch").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(1, 0f)]
    [DataRow(1, 0.8f)]
    [DataRow(4, 0f)]
    [DataRow(4, 0.8f)]
    public void ATokenFromTheModelToItsCharactersAllocatesNothing(int rows, float temperature)
    {
        for (int i = 0; i < 4; i++)
        {
            TinyAdapter.Plain(i + 1).Write(Path.Combine(_folder, $"a{i}"));
        }

        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        EngineParts parts = EngineFixture.CreateParts(model);
        List<GenerationJob> ended = [];
        using (GenerationBatch batch = new(parts, ended.Add))
        {
            for (int i = 0; i < rows; i++)
            {
                GenerationJob job = new(parts, Request(i, temperature), streamed: false, CancellationToken.None);
                Assert.IsTrue(job.Prepare());
                Assert.IsTrue(batch.TryJoin(job));
            }

            Assert.AreEqual(0, SettledAllocation.Of(() => Step(batch, 40)));
            while (batch.Count > 0)
            {
                batch.Step();
            }
        }

        Assert.HasCount(rows, ended);
        ended.ForEach(job => job.Dispose());
        parts.Rows.Dispose();

        static void Step(GenerationBatch batch, int steps)
        {
            for (int i = 0; i < steps; i++)
            {
                batch.Step();
            }
        }
    }

    [TestMethod]
    public void AStreamOfShortPromptsDoesNotKeepALongOneFromBeingRead()
    {
        const int Rows = 32;
        EngineParts parts = new ScriptedBackend("x").CreateParts(new DlpLoraOptions { MaxConcurrentGenerations = Rows, PrefillChunk = 4 });
        List<GenerationJob> ended = [];
        using GenerationBatch batch = new(parts, ended.Add);
        GenerationJob longest = Join(40);
        for (int step = 0; step < 12 * Rows; step++)
        {
            while (batch.Count < Rows)
            {
                Join(8);
            }

            batch.Step();
        }

        Assert.Contains(longest, ended);
        parts.Rows.Dispose();

        GenerationJob Join(int tokens)
        {
            GenerationJob job = new(parts, new GenerationRequest { InputIds = new int[tokens], MaxTokens = 0 }, streamed: false, CancellationToken.None);
            Assert.IsTrue(job.Prepare());
            Assert.IsTrue(batch.TryJoin(job));
            return job;
        }
    }

    private static GenerationRequest Request(int i, float temperature) => new()
    {
        InputIds = [256, 10 + i, 20],
        Mixture = i == 1 ? Mixture.Empty : Mixture.Of($"a{i}"),
        Sampling = new SamplingOptions { Temperature = temperature, TopK = 20, TopP = 0.9f, Seed = i },
        StopStrings = ["a text that never comes"],
        MaxTokens = 300,
        MinTokens = 300,
    };
}
