using DlpLora.Runtime.Models;
using Microsoft.Extensions.Options;

namespace DlpLora.Runtime.DependencyInjection;

/// <summary>Checks what can be checked without loading the model.</summary>
internal sealed class DlpLoraServiceOptionsValidator : IValidateOptions<DlpLoraServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, DlpLoraServiceOptions options)
    {
        List<string> problems = [];
        if (string.IsNullOrWhiteSpace(options.ModelFolder))
        {
            problems.Add($"{nameof(DlpLoraServiceOptions)}.{nameof(options.ModelFolder)} is empty; expected a folder that 'dlplora export' wrote.");
        }
        else if (!File.Exists(Path.Combine(options.ModelFolder, ModelManifest.FileName)))
        {
            problems.Add($"{nameof(DlpLoraServiceOptions)}.{nameof(options.ModelFolder)} is '{options.ModelFolder}', which has no {ModelManifest.FileName}; expected a folder that 'dlplora export' wrote.");
        }

        if (options.Engine is null)
        {
            problems.Add($"{nameof(DlpLoraServiceOptions)}.{nameof(options.Engine)} is null.");
        }
        else
        {
            CheckEngine(options.Engine, problems);
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckEngine(DlpLoraOptions options, List<string> problems)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            problems.Add(error.Message);
        }

        if (options.AdapterFolder is { } adapters && !Directory.Exists(adapters))
        {
            problems.Add($"{nameof(DlpLoraOptions)}.{nameof(options.AdapterFolder)} is '{adapters}', which is no folder.");
        }

        if (options.RouterFile is { } router && !File.Exists(router))
        {
            problems.Add($"{nameof(DlpLoraOptions)}.{nameof(options.RouterFile)} is '{router}', which is no file.");
        }
    }
}
