using DlpLora.Runtime.Backends;

namespace DlpLora.Runtime.Tests.Backends;

/// <summary>How far two rows hold the same.</summary>
[TestClass]
public sealed class KvContentTests
{
    private static readonly KvContent Row = new("t", [1, 2, 3, 4, 5, 6], [new(2, "a"), new(6, "b")]);

    [TestMethod]
    public void RowsAgreeUpToTheFirstOtherToken()
    {
        Assert.AreEqual(6, Row.Common(Row));
        Assert.AreEqual(3, Row.Common(new("t", [1, 2, 3, 9, 5, 6], [new(2, "a"), new(6, "b")])));
        Assert.AreEqual(4, Row.Common(new("t", [1, 2, 3, 4], [new(2, "a"), new(4, "b")])));
        Assert.AreEqual(0, Row.Common(new("t", [9, 2], [new(2, "a")])));
        Assert.AreEqual(0, Row.Common(new("t", [], [])));
    }

    [TestMethod]
    public void RowsAgreeUpToTheFirstOtherMixture()
    {
        Assert.AreEqual(0, Row.Common(new("t", [1, 2, 3, 4, 5, 6], [new(6, "b")])));
        Assert.AreEqual(2, Row.Common(new("t", [1, 2, 3, 4, 5, 6], [new(6, "a")])));
        Assert.AreEqual(4, Row.Common(new("t", [1, 2, 3, 4, 5, 6], [new(1, "a"), new(2, "a"), new(4, "b"), new(6, "a")])));
        Assert.AreEqual(5, Row.Common(new("t", [1, 2, 3, 4, 5, 7], [new(2, "a"), new(3, "b"), new(6, "b")])));
    }

    [TestMethod]
    public void TenantsShareNothing()
    {
        Assert.AreEqual(0, Row.Common(new("T", [1, 2, 3, 4, 5, 6], [new(2, "a"), new(6, "b")])));
        Assert.AreEqual(0, Row.Common(new(null, [1, 2, 3, 4, 5, 6], [new(2, "a"), new(6, "b")])));
    }

    [TestMethod]
    public void TheFirstTokensKeepTheirMixtures()
    {
        KvContent first = Row.First(3);
        Assert.AreEqual(3, first.Length);
        Assert.AreEqual(3, first.Common(Row));
        Assert.AreEqual(3, Row.Common(first));
    }
}
