using System.Runtime.Intrinsics;
using DlpLora.Runtime.Backends.Lanes;
using DlpLora.Runtime.Backends.SwiGluOperator;

namespace DlpLora.Runtime.Tests.Backends;

[TestClass]
public sealed unsafe class SwiGluKernelTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(15)]
    [DataRow(16)]
    [DataRow(96)]
    [DataRow(101)]
    public void EveryWidthGivesTheNumbersOfTheDefinition(int width)
    {
        Random random = new(width);
        float[] gate = [.. Enumerable.Range(0, width).Select(_ => (random.NextSingle() - 0.5f) * 40)];
        float[] up = [.. Enumerable.Range(0, width).Select(_ => (random.NextSingle() - 0.5f) * 4)];
        double[] expected = [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-(double)g)) * u)];
        Close(expected, Run<Lanes256, Vector256<float>>(gate, up));
        if (Lanes512.IsSupported)
        {
            Close(expected, Run<Lanes512, Vector512<float>>(gate, up));
        }
    }

    [TestMethod]
    public void GatesFarFromZeroGiveUpOrNothingAndWhatIsNoNumberStaysNone()
    {
        float[] gate = [0, -0f, 1e30f, -1e30f, 200, -200, float.NaN, float.PositiveInfinity];
        float[] actual = Run<Lanes256, Vector256<float>>(gate, [.. Enumerable.Repeat(2f, gate.Length)]);
        Assert.AreEqual(0, actual[0]);
        Assert.AreEqual(0, actual[1]);
        Assert.AreEqual(2e30f, actual[2]);
        Assert.AreEqual(0, actual[3], 1e-6);
        Assert.AreEqual(400, actual[4]);
        Assert.AreEqual(0, actual[5], 1e-30);
        Assert.IsTrue(float.IsNaN(actual[6]));
        Assert.AreEqual(float.PositiveInfinity, actual[7]);
    }

    [TestMethod]
    public void ExponentialsAreThoseOfDoublesToAboutTheLastBit()
    {
        float[] x = [.. Enumerable.Range(0, 17_500).Select(i => -87 + (i * 0.01f)), 0, -1e-9f, 1e-9f, 88];
        Array.Resize(ref x, (x.Length + 15) / 16 * 16);
        fixed (float* p = x)
        {
            for (int i = 0; i < x.Length; i += 8)
            {
                Vector256<float> actual = Exponentials.Exp<Lanes256, Vector256<float>>(Vector256.Load(p + i));
                for (int lane = 0; lane < 8; lane++)
                {
                    double expected = Math.Exp(x[i + lane]);
                    Assert.AreEqual(expected, actual[lane], expected * 2e-7, $"e^{x[i + lane]}");
                }
            }
        }

        Assert.AreEqual(Vector256<float>.Zero, Exponentials.Exp<Lanes256, Vector256<float>>(Vector256.Create(float.NegativeInfinity)));
    }

    private static float[] Run<TLanes, TVector>(float[] gate, float[] up)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        float[] y = new float[gate.Length];
        fixed (float* pg = gate, pu = up, py = y)
        {
            SwiGluKernel<TLanes, TVector>.Run(pg, pu, py, gate.Length);
        }

        return y;
    }

    private static void Close(double[] expected, float[] actual)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.AreEqual(expected[i], actual[i], 1e-6 + (1e-6 * Math.Abs(expected[i])), $"number {i}");
        }
    }
}
