namespace DlpLora.Runtime.Backends;

/// <summary>The most that the requests of some time wanted of the KV cache.</summary>
internal sealed class KvDemand
{
    /// <summary>How many requests one account is of.</summary>
    public const int Requests = 64;

    private int _requests;
    private int _rows;
    private int _capacity;

    /// <summary>Counts a request.</summary>
    /// <param name="rows">Rows in use with it.</param>
    /// <param name="capacity">Tokens that the longest of them was promised.</param>
    /// <param name="most">The most rows and the most tokens of all requests of the account.</param>
    /// <returns>Whether the account was closed with it; the next request begins another.</returns>
    public bool Add(int rows, int capacity, out (int Rows, int Capacity) most)
    {
        _rows = Math.Max(_rows, rows);
        _capacity = Math.Max(_capacity, capacity);
        most = (_rows, _capacity);
        if (++_requests < Requests)
        {
            return false;
        }

        _requests = _rows = _capacity = 0;
        return true;
    }
}
