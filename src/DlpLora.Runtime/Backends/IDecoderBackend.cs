using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Backends;

/// <summary>A loaded model. Knows nothing of text, sentences or routers.</summary>
/// <remarks>Thread-safe: decoders may be created and used on several threads, each decoder on one at a time. Dispose it after its decoders.</remarks>
internal interface IDecoderBackend : IDisposable
{
    ModelManifest Model { get; }

    /// <summary>Creates a decoder with room for so many rows of so many tokens.</summary>
    IDecoder CreateDecoder(int rows, int capacity);
}
