using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Tests.Backends;
using DlpLora.Runtime.Tests.Fixtures;

namespace DlpLora.Runtime.Tests.Fusion;

[TestClass]
public sealed class BatchStackTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dlplora-batch-stack").FullName;

    [TestCleanup]
    public void Cleanup() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void ARowThatHasOneContentUnderTwoNamesDoesNotCrowdOutAnother()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "a"));
        TinyAdapter.Plain(1).Write(Path.Combine(_folder, "twin"));
        TinyAdapter.Plain(2).Write(Path.Combine(_folder, "b"));
        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        Mixture[] mixtures = [Mixture.Create(new("a", 0.5f), new("twin", 0.25f)), Mixture.Of("b")];
        using RequestMixtures first = new(model.Adapters, model.Fusion);
        using RequestMixtures second = new(model.Adapters, model.Fusion);
        first.Hold(mixtures[0]);
        second.Hold(mixtures[1]);
        using BatchStack batch = new(model.Model);
        batch.Select([first, second], mixtures, 2);
        CollectionAssert.AreEquivalent(new[] { 0f, 0, 0, 0, 0.75f, 0.75f, 0.75f, 0.75f }, Gate(first, mixtures[0]));
        CollectionAssert.AreEquivalent(new[] { 0f, 0, 0, 0, 1, 1, 1, 1 }, Gate(second, mixtures[1]));

        float[] Gate(RequestMixtures held, Mixture mixture)
        {
            float[] gate = new float[batch.Stack!.Rows];
            held.WriteGate(mixture, batch.Stack, gate);
            return gate;
        }
    }

    [TestMethod]
    public void WhatRowsWillNeedIsStackedWithWhatOthersNeedNow()
    {
        for (int i = 1; i <= 3; i++)
        {
            TinyAdapter.Plain(i).Write(Path.Combine(_folder, $"{i}"));
        }

        using OpenModel model = new(TinyModel.Shared.Folder, _folder);
        Mixture[] mixtures = [Mixture.Of("1"), Mixture.Of("2"), Mixture.Of("3")];
        RequestMixtures[] held = [.. mixtures.Select(_ => new RequestMixtures(model.Adapters, model.Fusion))];
        for (int i = 0; i < held.Length; i++)
        {
            held[i].Hold(mixtures[i]);
        }

        using BatchStack batch = new(model.Model);
        batch.Select(held, mixtures, 1);
        Assert.AreEqual(1, batch.Stack!.Count, "a lone row has its own");
        batch.Select(held, mixtures, 2);
        FusedStack two = batch.Stack!;
        Assert.AreEqual(3, two.Count);
        batch.Select(held, mixtures, 3);
        Assert.AreSame(two, batch.Stack);
        Array.ForEach(held, h => h.Dispose());
    }
}
