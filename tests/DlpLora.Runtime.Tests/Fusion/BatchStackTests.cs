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
        batch.Select([first, second], mixtures);
        CollectionAssert.AreEquivalent(new[] { 0f, 0, 0, 0, 0.75f, 0.75f, 0.75f, 0.75f }, Gate(first, mixtures[0]));
        CollectionAssert.AreEquivalent(new[] { 0f, 0, 0, 0, 1, 1, 1, 1 }, Gate(second, mixtures[1]));

        float[] Gate(RequestMixtures held, Mixture mixture)
        {
            float[] gate = new float[batch.Stack!.Rows];
            held.WriteGate(mixture, batch.Stack, gate);
            return gate;
        }
    }
}
