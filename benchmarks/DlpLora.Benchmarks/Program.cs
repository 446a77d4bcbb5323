using DlpLora.Benchmarks;

return await BenchmarkCatalog.RunAsync(args).ConfigureAwait(false);
