using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DlpLora.OnnxExport.Families;
using DlpLora.Runtime;

namespace DlpLora.OnnxExport.Sources;

/// <summary>A model to export: its configuration, its tensors under their Hugging Face names, the tokenizer's files beside it.</summary>
internal abstract class ModelSource(string path, Family family, DecoderConfig config) : IDisposable
{
    /// <summary>The GGUF file or the Hugging Face folder.</summary>
    public string Path { get; } = path;

    public Family Family { get; } = family;

    public DecoderConfig Config { get; } = config;

    /// <summary>The tensors' Hugging Face names.</summary>
    public abstract IReadOnlyCollection<string> Names { get; }

    /// <summary>The files that the weights come from.</summary>
    public abstract IReadOnlyList<string> WeightFiles { get; }

    /// <summary>The chat template that is stored in the weights' file; null where there is none.</summary>
    public virtual string? EmbeddedChatTemplate => null;

    /// <summary>The folder in which the tokenizer's files may lie.</summary>
    public abstract string Folder { get; }

    /// <summary>Opens a GGUF file or a Hugging Face folder.</summary>
    /// <exception cref="InvalidFileException">It is neither, or damaged, or of a family that is not known.</exception>
    public static ModelSource Open(string path)
    {
        string full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            return HuggingFaceSource.Open(full);
        }

        return File.Exists(full)
            ? GgufSource.Open(full)
            : throw new InvalidFileException(full, string.Empty, "not found; expected a GGUF file or a Hugging Face folder");
    }

    public abstract bool Has(string name);

    /// <exception cref="InvalidFileException">There is no such tensor, or its type is not one that can be read.</exception>
    public abstract SourceTensor Get(string name);

    /// <summary><c>sha256:</c> and the hash over every tensor's name, dimensions, type and stored bytes, in the names' ordinal order.</summary>
    public string Fingerprint(CancellationToken cancellation)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in Names.Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            SourceTensor tensor = Get(name);
            Text(tensor.Name);
            Number(tensor.Shape.Count);
            foreach (long dimension in tensor.Shape)
            {
                Number(dimension);
            }

            Text(tensor.Format.Name);
            for (int row = 0; row < tensor.Rows; row++)
            {
                hash.AppendData(tensor.StoredRowBytes(row));
            }
        }

        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());

        void Text(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Number(bytes.Length);
            hash.AppendData(bytes);
        }

        void Number(long number)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            hash.AppendData(bytes);
        }
    }

    public abstract void Dispose();
}
