using System.Runtime.Intrinsics;
using DlpLora.Runtime.Backends.AttentionOperator;
using DlpLora.Runtime.Backends.Lanes;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed unsafe class AttentionKernelTests
{
    private const int Row = 1;
    private const int Head = 1;
    private const int Capacity = 400;

    [TestMethod]
    [DataRow(16, 1, 1, 0)]
    [DataRow(16, 2, 3, 5)]
    [DataRow(48, 3, 1, 63)]
    [DataRow(64, 3, 1, 64)]
    [DataRow(64, 3, 5, 190)]
    [DataRow(64, 9, 40, 200)]
    [DataRow(80, 1, 33, 0)]
    [DataRow(128, 4, 70, 1)]
    public void BothFormsInEveryWidthGiveTheAttentionOfTheDefinition(int size, int group, int tokens, int past)
    {
        Case c = new(size, group, tokens, past);
        double[] expected = c.Naive();
        Check<Lanes256, Vector256<float>>(c, expected);
        if (Lanes512.IsSupported)
        {
            Check<Lanes512, Vector512<float>>(c, expected);
        }
    }

    [TestMethod]
    public void NothingIsReadBehindTheLastKeyThatIsSeen()
    {
        Case c = new(64, 3, 11, 70);
        double[] expected = c.Naive();
        c.Spoil();
        Check<Lanes256, Vector256<float>>(c, expected);
    }

    [TestMethod]
    public void AQueryRowDoesNotDependOnThoseBesideIt()
    {
        Case c = new(64, 3, 30, 50);
        float[] together = c.Run<Lanes256, Vector256<float>>(panels: true, 16);
        CollectionAssert.AreEqual(together, c.Run<Lanes256, Vector256<float>>(panels: true, 7));
        float[] rows = c.Run<Lanes256, Vector256<float>>(panels: false, 8);
        CollectionAssert.AreEqual(rows, c.Run<Lanes256, Vector256<float>>(panels: false, 1));
    }

    private static void Check<TLanes, TVector>(Case c, double[] expected)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        Close(expected, c.Run<TLanes, TVector>(panels: false, QueryRows<TLanes, TVector>.Most));
        Close(expected, c.Run<TLanes, TVector>(panels: true, QueryPanel<TLanes, TVector>.Width));
    }

    private static void Close(double[] expected, float[] actual)
    {
        double largest = expected.Zip(actual, (e, a) => double.IsNaN(a) ? double.PositiveInfinity : Math.Abs(e - a)).Max();
        Assert.IsLessThanOrEqualTo(3e-6, largest);
    }

    /// <summary>One key/value head of the second of two rows; the other row and head hold no numbers.</summary>
    private sealed class Case
    {
        private const int Rows = 2;
        private const int KeyValueHeads = 2;

        private readonly int _size;
        private readonly int _group;
        private readonly int _tokens;
        private readonly int _past;
        private readonly float[] _qkv;
        private readonly float[] _cosines;
        private readonly float[] _sines;
        private readonly float[] _keys;
        private readonly float[] _values;

        public Case(int size, int group, int tokens, int past)
        {
            (_size, _group, _tokens, _past) = (size, group, tokens, past);
            Random random = new((size * 1000) + tokens + past);
            _qkv = Values(Rows * tokens * (group + 2) * KeyValueHeads * size, 4);
            float[] angles = Values(Capacity * size / 2, 6);
            _cosines = [.. angles.Select(MathF.Cos)];
            _sines = [.. angles.Select(MathF.Sin)];
            _keys = Values(Rows * KeyValueHeads * Capacity * size, 2);
            _values = Values(_keys.Length, 2);

            float[] Values(int count, float width) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() - 0.5f) * width)];
        }

        private int Heads => _group * KeyValueHeads;

        /// <summary>Makes everything no number that must not be read.</summary>
        public void Spoil()
        {
            int first = ((Row * KeyValueHeads) + Head) * Capacity * _size;
            foreach (float[] cache in new[] { _keys, _values })
            {
                cache.AsSpan(0, first).Fill(float.NaN);
                cache.AsSpan(first + ((_past + _tokens) * _size)).Fill(float.NaN);
            }
        }

        /// <summary>[tokens * group, head size], so many query rows at a time.</summary>
        public float[] Run<TLanes, TVector>(bool panels, int together)
            where TLanes : struct, ILanes<TVector>
            where TVector : struct
        {
            float[] output = new float[Rows * _tokens * Heads * _size];
            int[] last = [0, _past + _tokens - 1];
            byte[] memory = new byte[AttentionScratch.Bytes(QueryPanel<TLanes, TVector>.Width, _size)];
            memory.AsSpan().Fill(255);
            fixed (float* qkv = _qkv, cosines = _cosines, sines = _sines, keys = _keys, values = _values, result = output)
            fixed (int* ends = last)
            fixed (byte* bytes = memory)
            {
                AttentionCall call = new()
                {
                    Qkv = qkv,
                    Cosines = cosines,
                    Sines = sines,
                    Keys = keys,
                    Values = values,
                    Last = ends,
                    Output = result,
                    Batch = Rows,
                    Sequence = _tokens,
                    Heads = Heads,
                    KeyValueHeads = KeyValueHeads,
                    HeadSize = _size,
                    Capacity = Capacity,
                    Scale = 1 / MathF.Sqrt(_size),
                };
                for (int token = 0; token < _tokens; token++)
                {
                    call.Append(Row, token);
                }

                AttentionScratch scratch = new(bytes, QueryPanel<TLanes, TVector>.Width, _size);
                for (int first = 0; first < _tokens * _group; first += together)
                {
                    AttentionUnit unit = new(Row, Head, first, Math.Min(together, (_tokens * _group) - first));
                    if (panels)
                    {
                        QueryPanel<TLanes, TVector>.Run(call, unit, scratch);
                    }
                    else
                    {
                        QueryRows<TLanes, TVector>.Run(call, unit, scratch);
                    }
                }

                float[] rows = new float[_tokens * _group * _size];
                for (int row = 0; row < _tokens * _group; row++)
                {
                    new ReadOnlySpan<float>(call.OutputOf(Row, Head, row), _size).CopyTo(rows.AsSpan(row * _size));
                }

                return rows;
            }
        }

        /// <summary>softmax(q k / sqrt(head size)) v in doubles, q and k turned by their positions.</summary>
        public double[] Naive()
        {
            int width = (Heads + (2 * KeyValueHeads)) * _size;
            double[][] keys = new double[_past + _tokens][];
            double[][] values = new double[keys.Length][];
            for (int position = 0; position < keys.Length; position++)
            {
                int cached = ((((Row * KeyValueHeads) + Head) * Capacity) + position) * _size;
                int fresh = ((((Row * _tokens) + position - _past) * width) + ((Heads + Head) * _size));
                keys[position] = position < _past ? Numbers(_keys, cached) : Turned(fresh, position);
                values[position] = position < _past ? Numbers(_values, cached) : Numbers(_qkv, fresh + (KeyValueHeads * _size));
            }

            List<double> output = [];
            for (int token = 0; token < _tokens; token++)
            {
                for (int head = 0; head < _group; head++)
                {
                    double[] query = Turned((((Row * _tokens) + token) * width) + (((Head * _group) + head) * _size), _past + token);
                    double[] weights = [.. keys.Take(_past + token + 1).Select(k => Math.Exp(k.Zip(query, (x, y) => x * y).Sum() / Math.Sqrt(_size)))];
                    double sum = weights.Sum();
                    output.AddRange(Enumerable.Range(0, _size).Select(i => weights.Select((w, key) => w * values[key][i]).Sum() / sum));
                }
            }

            return [.. output];
        }

        private double[] Numbers(float[] from, int at) => [.. from.AsSpan(at, _size).ToArray().Select(v => (double)v)];

        private double[] Turned(int at, int position)
        {
            double[] x = Numbers(_qkv, at);
            int half = _size / 2;
            double[] y = new double[_size];
            for (int i = 0; i < half; i++)
            {
                (double cosine, double sine) = (_cosines[(position * half) + i], _sines[(position * half) + i]);
                y[i] = (x[i] * cosine) - (x[i + half] * sine);
                y[i + half] = (x[i + half] * cosine) + (x[i] * sine);
            }

            return y;
        }
    }
}
