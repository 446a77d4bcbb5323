namespace DlpLora.Cli.Tests;

/// <summary>Rows from somebody who waits for each answer before he writes the next row.</summary>
internal sealed class WaitingReader(params string[] rows) : TextReader
{
    private readonly SemaphoreSlim _answered = new(1);
    private int _read;

    /// <summary>Where the answers go.</summary>
    public StringWriter CreateWriter() => new AnnouncingWriter(_answered) { NewLine = "\n" };

    public override async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        if (!await _answered.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken))
        {
            throw new IOException($"no answer to row {_read}");
        }

        return _read < rows.Length ? rows[_read++] : null;
    }

    protected override void Dispose(bool disposing)
    {
        _answered.Dispose();
        base.Dispose(disposing);
    }

    private sealed class AnnouncingWriter(SemaphoreSlim answered) : StringWriter
    {
        public override async Task WriteLineAsync(string? value)
        {
            await base.WriteLineAsync(value);
            answered.Release();
        }
    }
}
