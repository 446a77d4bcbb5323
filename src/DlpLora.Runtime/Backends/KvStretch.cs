namespace DlpLora.Runtime.Backends;

/// <summary>Neighbouring tokens of a row that one mixture computed.</summary>
/// <param name="End">The position after the last of them; they begin where the stretch before ends.</param>
/// <param name="Mixture">The mixture by its content: digests and weights, never names.</param>
internal readonly record struct KvStretch(int End, string Mixture);
