using DlpLora.Runtime.Adapters;

namespace DlpLora.Runtime.Tests.Adapters;

[TestClass]
public sealed class PackedRowTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(31)]
    [DataRow(32)]
    [DataRow(64 + 7)]
    public void UnpackingGivesEachNumberRoundedToTheNearestOfItsUpperBits(int length)
    {
        Random random = new(length);
        float[] values = [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * MathF.Pow(10, random.Next(-30, 30)))];
        ushort[] packed = new ushort[length];
        float[] unpacked = new float[length];
        PackedRow.Pack(values, packed);
        PackedRow.Unpack(packed, unpacked);
        for (int i = 0; i < length; i++)
        {
            Assert.AreEqual(0u, BitConverter.SingleToUInt32Bits(unpacked[i]) & 0xFFFF);
            Assert.IsLessThanOrEqualTo(Math.Abs(values[i]) / 256, Math.Abs(values[i] - unpacked[i]), $"number {i}");
        }
    }

    [TestMethod]
    public void ATieGoesToTheEvenNeighbour()
    {
        float[] values = new float[PackedRow.Block + 1];
        (values[0], values[1], values[^1]) = (Bits(0x3F808000), Bits(0x3F818000), Bits(0xBF818000));
        ushort[] packed = new ushort[values.Length];
        float[] unpacked = new float[values.Length];
        PackedRow.Pack(values, packed);
        PackedRow.Unpack(packed, unpacked);
        Assert.AreEqual(Bits(0x3F800000), unpacked[0]);
        Assert.AreEqual(Bits(0x3F820000), unpacked[1]);
        Assert.AreEqual(Bits(0xBF820000), unpacked[^1]);
    }

    [TestMethod]
    public void AWordOfABlockHoldsTwoNumbersSixteenApart()
    {
        float[] values = [.. Enumerable.Range(0, PackedRow.Block).Select(i => (float)i)];
        ushort[] packed = new ushort[values.Length];
        PackedRow.Pack(values, packed);
        for (int word = 0; word < values.Length / 2; word++)
        {
            Assert.AreEqual(word, BitConverter.UInt32BitsToSingle((uint)packed[2 * word] << 16));
            Assert.AreEqual(16 + word, BitConverter.UInt32BitsToSingle((uint)packed[(2 * word) + 1] << 16));
        }
    }

    private static float Bits(uint bits) => BitConverter.UInt32BitsToSingle(bits);
}
