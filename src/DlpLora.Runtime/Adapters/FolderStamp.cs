namespace DlpLora.Runtime.Adapters;

/// <summary>By what an adapter's folder is known again without reading its weights.</summary>
/// <param name="WeightsLength">Bytes of the weights' file.</param>
/// <param name="WeightsWritten">When it was written last.</param>
/// <param name="ConfigWritten">When the configuration was.</param>
internal readonly record struct FolderStamp(long WeightsLength, DateTime WeightsWritten, DateTime ConfigWritten)
{
    /// <summary>The stamp of a folder; where a file is missing, one that opening the folder will not get past.</summary>
    public static FolderStamp Of(string folder)
    {
        FileInfo weights = new(Path.Combine(folder, PeftAdapter.WeightsFileName));
        return new FolderStamp(
            weights.Exists ? weights.Length : 0, weights.LastWriteTimeUtc, File.GetLastWriteTimeUtc(Path.Combine(folder, PeftConfig.FileName)));
    }
}
