namespace DlpLora.Runtime.Backends;

/// <summary>A request needs a larger KV cache than the engine may hold altogether.</summary>
public sealed class KvBudgetException : DlpLoraException
{
    /// <summary>Creates the error.</summary>
    /// <param name="tokens">The sequence length that the request needs, prompt and answer.</param>
    /// <param name="requiredBytes">The KV cache's size for it.</param>
    /// <param name="budgetBytes">The budget.</param>
    public KvBudgetException(int tokens, long requiredBytes, long budgetBytes)
        : base($"the KV cache of {tokens} tokens takes {requiredBytes} bytes, the budget is {budgetBytes}: shorten the prompt, lower MaxTokens, "
            + $"or raise {nameof(DlpLoraOptions)}.{nameof(DlpLoraOptions.KvBudgetBytes)}")
    {
        RequiredBytes = requiredBytes;
        BudgetBytes = budgetBytes;
    }

    /// <summary>The KV cache's size for the request, in bytes.</summary>
    public long RequiredBytes { get; }

    /// <summary>The budget, in bytes.</summary>
    public long BudgetBytes { get; }
}
