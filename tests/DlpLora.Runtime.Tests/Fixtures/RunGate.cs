namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>Holds a backend's runs until it is opened, so that a test knows who runs while others wait.</summary>
internal sealed class RunGate : IDisposable
{
    private readonly ManualResetEventSlim _running = new();
    private readonly ManualResetEventSlim _open = new();

    /// <summary>For <see cref="ScriptedBackend.OnRun"/>.</summary>
    public void Pass()
    {
        _running.Set();
        _open.Wait();
    }

    /// <summary>Waits until the first run has begun.</summary>
    public void WaitForRun() => _running.Wait();

    public void Open() => _open.Set();

    public void Dispose()
    {
        _running.Dispose();
        _open.Dispose();
    }
}
