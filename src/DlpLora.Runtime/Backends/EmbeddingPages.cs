using DlpLora.Runtime.Models;
using DlpLora.Runtime.Native;

namespace DlpLora.Runtime.Backends;

/// <summary>
/// The mapped rows of the embedding. A token reads one of less than a page, and the system maps sixteen pages around it, so that after some hundred tokens the whole table
/// would be in physical memory. It is given back now and then; a row that is read again is mapped again within microseconds, out of the system's file cache.
/// </summary>
internal sealed class EmbeddingPages
{
    /// <summary>So many rows take 4 MiB at most, and giving them back takes about a thousandth of the time that reading the tokens takes.</summary>
    private const int TokensBetween = 64;

    /// <summary>Smaller tensors of the file are needed for every token.</summary>
    private const long SmallestTable = 2 << 20;

    private readonly MappedPages _pages;
    private int _tokens;

    private EmbeddingPages(MappedPages pages) => _pages = pages;

    /// <summary>The rows of a model that is loaded; null where its products' weights do not lie in a file of their own, apart from the embedding.</summary>
    public static EmbeddingPages? Of(ModelFolder folder) =>
        folder.Manifest.OperatorGraph is { } own && folder.GraphPath.EndsWith(own, StringComparison.Ordinal) && File.Exists(folder.GraphPath + ".data")
            ? new EmbeddingPages(MappedPages.Find(Path.Combine(folder.Location, folder.Manifest.Graph + ".data"), SmallestTable))
            : null;

    /// <summary>Says that the model read tokens. Only while its session lives, by the thread that runs it.</summary>
    public void Read(int tokens)
    {
        _tokens += tokens;
        if (_tokens >= TokensBetween)
        {
            _tokens = 0;
            _pages.Release();
        }
    }
}
