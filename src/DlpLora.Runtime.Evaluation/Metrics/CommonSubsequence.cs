namespace DlpLora.Runtime.Evaluation.Metrics;

/// <summary>Longest common subsequences of token lists.</summary>
internal static class CommonSubsequence
{
    public static int Length(string[] a, string[] b)
    {
        // One row of the table: lengths for a[..i] against every b[..j].
        int[] row = new int[b.Length + 1];
        foreach (string token in a)
        {
            int diagonal = 0;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = token == b[j - 1] ? diagonal + 1 : Math.Max(above, row[j - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }

    /// <summary>The places in <paramref name="a"/> of one longest common subsequence; of several, the one that the reference takes.</summary>
    public static List<int> Indices(string[] a, string[] b)
    {
        // table[i, j] = length for a[..i] against b[..j]
        int[,] table = new int[a.Length + 1, b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                table[i, j] = a[i - 1] == b[j - 1] ? table[i - 1, j - 1] + 1 : Math.Max(table[i - 1, j], table[i, j - 1]);
            }
        }

        List<int> indices = [];
        int row = a.Length;
        int column = b.Length;
        while (row > 0 && column > 0)
        {
            if (a[row - 1] == b[column - 1])
            {
                indices.Add(row - 1);
                row--;
                column--;
            }
            else if (table[row, column - 1] > table[row - 1, column])
            {
                column--;
            }
            else
            {
                row--;
            }
        }

        return indices;
    }
}
