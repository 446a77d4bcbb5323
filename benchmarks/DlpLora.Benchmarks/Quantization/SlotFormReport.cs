using System.Globalization;
using DlpLora.OnnxExport;
using DlpLora.OnnxExport.Graphs;

namespace DlpLora.Benchmarks.Quantization;

/// <summary>Decode speed of the graph's forms with and without slots: <c>slot-forms [--model FILE.gguf]</c>.</summary>
internal static class SlotFormReport
{
    private const int Rounds = 5;

    public static int Run(string[] args)
    {
        string model = args is ["--model", var file] ? file : BenchmarkPaths.Gguf;
        string work = Directory.CreateTempSubdirectory("dlplora-slot-forms").FullName;
        try
        {
            Console.WriteLine("| base | slots | R | tokens/s | time to the same base without slots |\n|---|---|---|---|---|");
            (string Name, GraphForm Form)[] forms =
            [
                ("packed", new GraphForm()),
                ("packed qkv", new GraphForm { PackGateUp = false }),
                ("unpacked", new GraphForm { PackQkv = false, PackGateUp = false }),
            ];
            foreach ((string name, GraphForm form) in forms)
            {
                Dictionary<SlotScope, GraphRunner> runners = [];
                foreach (SlotScope scope in Enum.GetValues<SlotScope>())
                {
                    string folder = Path.Combine(work, $"{name}-{scope}");
                    ModelExporter.Export(model, folder, new ExportOptions { Slots = scope, Form = form });
                    runners[scope] = new GraphRunner(folder);
                }

                // Interleaved rounds, so that whatever else the machine does meets all alike; the best of each counts.
                Dictionary<(SlotScope, int), double> best = [];
                for (int round = 0; round < Rounds; round++)
                {
                    foreach ((SlotScope scope, GraphRunner runner) in runners)
                    {
                        foreach (int rank in scope == SlotScope.None ? [0] : new[] { 0, 8, 24 })
                        {
                            runner.SetRank(rank);
                            best[(scope, rank)] = Math.Max(best.GetValueOrDefault((scope, rank)), runner.DecodeSpeed(48));
                        }
                    }
                }

                double without = best[(SlotScope.None, 0)];
                foreach (((SlotScope scope, int rank), double speed) in best)
                {
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {scope} | {rank} | {speed:0} | {without / speed:0.000} |"));
                }

                foreach (GraphRunner runner in runners.Values)
                {
                    runner.Dispose();
                }
            }

            return 0;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }
}
