namespace DlpLora.OnnxExport.Sources;

/// <summary>Rotary position embedding: the base and how the frequencies are scaled.</summary>
internal sealed record RopeConfig
{
    public required double Theta { get; init; }

    /// <summary>One divisor a frequency, head size / 2 of them; null for none.</summary>
    public float[]? Divisors { get; init; }

    /// <summary>The angles' cosines and sines, [positions, head size / 2] each.</summary>
    /// <remarks>The frequencies and angles are singles, as transformers computes them, so that long contexts agree with it.</remarks>
    public (float[] Cosines, float[] Sines) Table(int positions, int headSize)
    {
        int half = headSize / 2;
        float[] frequencies = new float[half];
        for (int i = 0; i < half; i++)
        {
            frequencies[i] = 1f / (float)Math.Pow(Theta, 2f * i / headSize) / (Divisors?[i] ?? 1f);
        }

        float[] cosines = new float[positions * half];
        float[] sines = new float[positions * half];
        for (int position = 0; position < positions; position++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = position * frequencies[i];
                cosines[(position * half) + i] = (float)Math.Cos(angle);
                sines[(position * half) + i] = (float)Math.Sin(angle);
            }
        }

        return (cosines, sines);
    }

    /// <summary>Llama 3's divisors: long wavelengths are stretched by the factor, short ones kept, those between interpolated.</summary>
    public static float[] Llama3Divisors(double theta, int headSize, double factor, double low, double high, double originalContext)
    {
        float[] divisors = new float[headSize / 2];
        for (int i = 0; i < divisors.Length; i++)
        {
            double frequency = Math.Pow(theta, -2.0 * i / headSize);
            double wavelength = 2 * Math.PI / frequency;
            double smooth = Math.Clamp(((originalContext / wavelength) - low) / (high - low), 0, 1);
            divisors[i] = (float)(1 / (((1 - smooth) / factor) + smooth));
        }

        return divisors;
    }
}
