using DlpLora.Cli.Hosting;

return await CommandLine.RunAsync(args, CliHost.ForProcess()).ConfigureAwait(false);
