using DlpLora.Benchmarks.Quantization;

return args switch
{
    ["quantization", .. var rest] => QuantizationReport.Run(rest),
    ["slot-forms", .. var rest] => SlotFormReport.Run(rest),
    _ => 2,
};
