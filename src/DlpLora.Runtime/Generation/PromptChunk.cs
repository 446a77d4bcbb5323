using DlpLora.Runtime.Adapters;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;

namespace DlpLora.Runtime.Generation;

/// <summary>The stack and the gate that a chunk of a prompt is read with.</summary>
internal static class PromptChunk
{
    /// <summary>Binds them; a gate row a token only where the chunk holds several mixtures.</summary>
    /// <param name="decoder">The decoder.</param>
    /// <param name="mixtures">What the request holds of adapters; those of all parts are selected.</param>
    /// <param name="parts">Which mixture computes which tokens of the prompt.</param>
    /// <param name="from">The chunk's first token.</param>
    /// <param name="length">Its tokens.</param>
    public static void Bind(IDecoder decoder, RequestMixtures mixtures, IReadOnlyList<AppliedMixture> parts, int from, int length)
    {
        Mixture? only = null;
        bool uniform = true;
        foreach (AppliedMixture part in parts)
        {
            if (part.FirstToken < from + length && part.EndToken > from)
            {
                uniform &= only is null || only.Equals(part.Mixture);
                only ??= part.Mixture;
            }
        }

        if (uniform || mixtures.Stack is not { } stack)
        {
            mixtures.WriteGate(only!, decoder.Bind(1, mixtures.Stack, 1));
            return;
        }

        // [length, R]
        Span<float> gate = decoder.Bind(1, stack, length);
        foreach (AppliedMixture part in parts)
        {
            int first = Math.Max(part.FirstToken, from);
            int end = Math.Min(part.EndToken, from + length);
            for (int token = first; token < end; token++)
            {
                mixtures.WriteGate(part.Mixture, gate.Slice((token - from) * stack.Rows, stack.Rows));
            }
        }
    }
}
