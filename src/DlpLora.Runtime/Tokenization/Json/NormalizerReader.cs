using System.Text;
using DlpLora.Runtime.Tokenization.Normalizers;

namespace DlpLora.Runtime.Tokenization.Json;

/// <summary>Reads the normalizer. A new kind is one more case here and one more class in <c>Normalizers</c>.</summary>
internal static class NormalizerReader
{
    public static ITextNormalizer Read(JsonPlace node)
    {
        string type = node.Required("type").Text();
        switch (type)
        {
            case "NFC":
                return Form(node, NormalizationForm.FormC);
            case "NFD":
                return Form(node, NormalizationForm.FormD);
            case "NFKC":
                return Form(node, NormalizationForm.FormKC);
            case "NFKD":
                return Form(node, NormalizationForm.FormKD);
            case "Sequence":
                node.Only("type", "normalizers");
                return new NormalizerSequence([.. node.Required("normalizers").Items().Select(Read)]);
            default:
                throw node.Error($"is a normalizer of type '{JsonPlace.Shortened(type)}'; this library has NFC, NFD, NFKC, NFKD and Sequence");
        }
    }

    private static UnicodeFormNormalizer Form(JsonPlace node, NormalizationForm form)
    {
        node.Only("type");
        return new UnicodeFormNormalizer(form);
    }
}
