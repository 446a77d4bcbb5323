namespace DlpLora.Runtime.Generation;

/// <summary>Why a mixture was applied.</summary>
public enum MixtureOrigin
{
    /// <summary>Nobody asked for an adapter: no pinned mixture, no router, or no user text to route.</summary>
    Base,

    /// <summary>The request named it.</summary>
    Pinned,

    /// <summary>The router decided for it; when the router abstained, that is the base.</summary>
    Router,
}
