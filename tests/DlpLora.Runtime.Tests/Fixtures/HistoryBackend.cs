using System.Text;
using DlpLora.Runtime.Backends;
using DlpLora.Runtime.Fusion;
using DlpLora.Runtime.Models;

namespace DlpLora.Runtime.Tests.Fixtures;

/// <summary>
/// A backend whose next token is a function of every token of the row and of the mixture that ran each: a cache that is cut, copied or bound wrongly
/// gives another answer, exactly and at once. It writes a few words over and over.
/// </summary>
internal sealed class HistoryBackend : IDecoderBackend
{
    private static readonly byte[][] Words = [.. new[] { "purring ", "barking ", "the ", "sea. ", "moon. ", "over " }.Select(Encoding.UTF8.GetBytes)];

    public ModelManifest Model { get; } = ModelManifest.Load(TinyModel.Shared.Folder);

    public IDecoder CreateDecoder(int rows, int capacity) => new Decoder(rows, capacity);

    public void Dispose()
    {
    }

    /// <summary>A token of a row: itself, and what all tokens and mixtures up to it come to.</summary>
    private readonly record struct Entry(int Token, ulong History);

    private sealed class Decoder(int rows, int capacity) : IDecoder
    {
        private readonly Dictionary<int, (FusedStack? Stack, int GateRows, float[] Gate)> _bound = [];
        private List<Entry>[] _rows = New(rows);

        public int Rows => _rows.Length;

        public int Capacity { get; private set; } = capacity;

        public int Length(int row) => _rows[row].Count;

        public void Truncate(int row, int length) => _rows[row].RemoveRange(length, _rows[row].Count - length);

        public void Copy(int from, int to, int tokens) => _rows[to] = _rows[from][..tokens];

        public void Swap(int row, int other) => (_rows[row], _rows[other]) = (_rows[other], _rows[row]);

        public void Resize(int rows, int capacity)
        {
            List<Entry>[] resized = New(rows);
            Array.Copy(_rows, resized, Math.Min(rows, _rows.Length));
            (_rows, Capacity) = (resized, capacity);
            Assert.IsTrue(_rows.All(r => r.Count <= capacity));
        }

        public Span<float> Bind(int rows, FusedStack? stack, int gateRows)
        {
            _bound[rows] = (stack, gateRows, new float[gateRows * (stack?.Rows ?? 0)]);
            return _bound[rows].Gate;
        }

        public Span<float> Read(int row, scoped ReadOnlySpan<int> ids, scoped ReadOnlySpan<int> logitsRows)
        {
            int before = Length(row);
            for (int i = 0; i < ids.Length; i++)
            {
                Append(row, ids[i], MixtureOf(1, i));
            }

            float[] logits = new float[logitsRows.Length * TinyModel.Vocabulary];
            for (int i = 0; i < logitsRows.Length; i++)
            {
                Predict(_rows[row], before + logitsRows[i], logits.AsSpan(i * TinyModel.Vocabulary, TinyModel.Vocabulary));
            }

            return logits;
        }

        public Span<float> Decode(scoped ReadOnlySpan<int> ids)
        {
            float[] logits = new float[ids.Length * TinyModel.Vocabulary];
            for (int row = 0; row < ids.Length; row++)
            {
                Append(row, ids[row], MixtureOf(ids.Length, row));
                Predict(_rows[row], Length(row) - 1, logits.AsSpan(row * TinyModel.Vocabulary, TinyModel.Vocabulary));
            }

            return logits;
        }

        public void Dispose()
        {
        }

        private static List<Entry>[] New(int rows) => [.. Enumerable.Range(0, rows).Select(_ => new List<Entry>())];

        private static ulong Mix(ulong history, ulong next)
        {
            ulong mixed = (history ^ next) * 0x9E3779B97F4A7C15;
            return mixed ^ (mixed >> 29);
        }

        /// <summary>The same number for the same weights of the same adapters, whatever else is stacked with them.</summary>
        private ulong MixtureOf(int rows, int at)
        {
            (FusedStack? stack, int gateRows, float[] gate) = _bound[rows];
            if (stack is null)
            {
                return 0;
            }

            // Which adapter each row of the stack belongs to, from 1.
            float[] owners = new float[stack.Rows];
            stack.WriteGate([.. Enumerable.Range(1, stack.Count).Select(i => (float)i)], owners);
            string[] digests = stack.Key.Split('+');
            ReadOnlySpan<float> weights = gate.AsSpan(gateRows == 1 ? 0 : at * stack.Rows, stack.Rows);
            ulong sum = 0;
            for (int i = 0; i < digests.Length; i++)
            {
                float weight = weights[Array.IndexOf(owners, i + 1)];
                sum += weight == 0 ? 0 : Mix(Convert.ToUInt64(digests[i][..16], 16), BitConverter.SingleToUInt32Bits(weight));
            }

            return sum;
        }

        private void Append(int row, int token, ulong mixture)
        {
            Assert.IsLessThan(Capacity, Length(row));
            ulong history = _rows[row].Count == 0 ? 1 : _rows[row][^1].History;
            _rows[row].Add(new Entry(token, Mix(Mix(history, (ulong)token + 1), mixture)));
        }

        private static void Predict(List<Entry> row, int place, Span<float> logits)
        {
            logits.Fill(-10);
            ulong history = row[place].History >> 20;
            logits[Words[history % 6][0]] = 5;
            foreach (byte[] word in Words)
            {
                // A word that has begun goes on.
                for (int length = 1; length < word.Length && length <= place + 1; length++)
                {
                    if (Enumerable.Range(0, length).All(i => row[place - length + 1 + i].Token == word[i]))
                    {
                        logits[word[length]] = 10;
                        return;
                    }
                }
            }

            logits[history % 50 == 0 ? TinyModel.EndToken : Words[history % 6][0]] = 10;
        }
    }
}
