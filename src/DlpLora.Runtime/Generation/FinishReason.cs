namespace DlpLora.Runtime.Generation;

/// <summary>Why an answer ended. A cancelled request has no result: it throws <see cref="OperationCanceledException"/>.</summary>
public enum FinishReason
{
    /// <summary>The model wrote one of its end tokens.</summary>
    Stop,

    /// <summary><see cref="GenerationRequest.MaxTokens"/> was reached, or the model's context is full.</summary>
    Length,

    /// <summary>One of <see cref="GenerationRequest.StopStrings"/> appeared in the text.</summary>
    StopString,
}
