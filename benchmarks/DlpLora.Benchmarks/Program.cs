using DlpLora.Benchmarks.Quantization;

return args switch
{
    ["quantization", .. var rest] => QuantizationReport.Run(rest),
    _ => 2,
};
