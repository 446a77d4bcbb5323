using DlpLora.Runtime.Models;
using DlpLora.Runtime.Routing;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>A folder with two adapters of the tiny model and what a router needs to tell their texts apart: <c>cat</c> purrs, <c>dog</c> barks.</summary>
internal sealed class CatAndDog
{
    public const string CatWord = "purring";
    public const string DogWord = "barking";

    public CatAndDog()
    {
        TinyAdapter.Plain(1).Write(Path.Combine(Adapters, "cat"));
        TinyAdapter.Random(2).Write(Path.Combine(Adapters, "dog"));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("dlplora-cat-and-dog").FullName;

    public string Adapters => Path.Combine(Folder, "adapters");

    /// <summary>Writes the router for the tiny model's base and returns its path.</summary>
    public string WriteRouter() => KeywordRouter.Write(
        Path.Combine(Folder, "router.safetensors"), ModelManifest.Load(TinyModel.Shared.Folder).BaseFingerprint, ("cat", CatWord), ("dog", DogWord));

    public Router LoadRouter() => Router.Load(WriteRouter());

    public void Delete() => Directory.Delete(Folder, recursive: true);
}
