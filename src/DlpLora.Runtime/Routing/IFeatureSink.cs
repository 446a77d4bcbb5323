namespace DlpLora.Runtime.Routing;

/// <summary>Receives the hashes of a text's features, one by one.</summary>
internal interface IFeatureSink
{
    void Add(uint hash);
}
