namespace DlpLora.Runtime.Generation;

/// <summary>Turns a request into tokens and into the mixtures for them.</summary>
internal static class PromptPlanner
{
    public static PreparedPrompt Prepare(EngineParts parts, GenerationRequest request)
    {
        int[] ids = CheckIds(parts, request.InputIds!);
        PlannedMixture planned = request.Mixture is { } pinned ? new PlannedMixture(pinned, MixtureOrigin.Pinned) : PlannedMixture.Base;
        return new PreparedPrompt(ids, [planned.Over(0, ids.Length)], planned, null);
    }

    public static AnswerText? CreateText(EngineParts parts, GenerationRequest request) => null;

    private static int[] CheckIds(EngineParts parts, IReadOnlyList<int> ids)
    {
        if (ids.Count == 0)
        {
            throw new InvalidRequestException(nameof(GenerationRequest.InputIds), "is empty; expected at least one token");
        }

        // Before the copy: the list may be as long as the caller's imagination.
        if (ids.Count > parts.Model.ContextLength)
        {
            throw new PromptTooLongException(ids.Count, parts.Model.ContextLength);
        }

        int[] copy = [.. ids];
        for (int i = 0; i < copy.Length; i++)
        {
            if ((uint)copy[i] >= (uint)parts.Model.VocabularySize)
            {
                throw new InvalidRequestException(
                    nameof(GenerationRequest.InputIds), $"holds {copy[i]} at place {i}; expected tokens from 0 to {parts.Model.VocabularySize - 1}");
            }
        }

        return copy;
    }
}
