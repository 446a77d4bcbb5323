using System.Numerics.Tensors;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>Holds a source against what its family reads: every tensor there, of the right shape, finite; no tensor without a place.</summary>
internal static class SourceChecks
{
    public static List<ExportFinding> Run(ModelSource source, Action<double> progress, CancellationToken cancellation)
    {
        List<ExportFinding> findings = [];
        HashSet<string> expected = new(StringComparer.Ordinal);
        List<SourceTensor> readable = [];
        foreach ((string name, int[] shape) in source.Family.Tensors(source.Config))
        {
            expected.Add(name);
            SourceTensor tensor;
            try
            {
                tensor = source.Get(name);
            }
            catch (InvalidFileException error)
            {
                findings.Add(new ExportFinding(error.Path, error.Place, error.Problem));
                continue;
            }

            if (!tensor.Shape.SequenceEqual(shape.Select(d => (long)d)))
            {
                findings.Add(new ExportFinding(
                    source.Path, name, $"has the shape [{string.Join(", ", tensor.Shape)}]; expected [{string.Join(", ", shape)}]"));
                continue;
            }

            readable.Add(tensor);
        }

        foreach (string name in source.Names.Where(n => !expected.Contains(n) && !source.Family.Ignores(source.Config, n)).Order(StringComparer.Ordinal))
        {
            findings.Add(new ExportFinding(source.Path, name, $"has no place in a {source.Family.Name} model of {source.Config.Layers} layers"));
        }

        for (int i = 0; i < readable.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FirstBadRow(readable[i]) is { } row)
            {
                findings.Add(new ExportFinding(source.Path, readable[i].Name, $"holds a number that is not finite in row {row}"));
            }

            progress((i + 1.0) / readable.Count);
        }

        return findings;
    }

    private static long? FirstBadRow(SourceTensor tensor) => Parallel.For(
        0,
        tensor.Rows,
        () => new float[tensor.Columns],
        (row, loop, values) =>
        {
            tensor.ReadRow(row, values);
            if (!TensorPrimitives.IsFiniteAll<float>(values))
            {
                loop.Break();
            }

            return values;
        },
        _ => { }).LowestBreakIteration;
}
