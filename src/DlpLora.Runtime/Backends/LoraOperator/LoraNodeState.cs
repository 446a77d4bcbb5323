using System.Runtime.CompilerServices;

namespace DlpLora.Runtime.Backends.LoraOperator;

/// <summary>A node's own, for as long as the session lives. Its blocks lie behind it, so it is never copied.</summary>
internal unsafe struct LoraNodeState
{
    public int Threads;
    public int BlockCount;

    public LoraBlock* Blocks => (LoraBlock*)((LoraNodeState*)Unsafe.AsPointer(ref this) + 1);

    public long LastColumn
    {
        get
        {
            long last = 0;
            for (int i = 0; i < BlockCount; i++)
            {
                last = Math.Max(last, (long)Blocks[i].Column + Blocks[i].Width);
            }

            return last;
        }
    }

    /// <summary>The widths of the blocks together.</summary>
    public long Width
    {
        get
        {
            long width = 0;
            for (int i = 0; i < BlockCount; i++)
            {
                width += Blocks[i].Width;
            }

            return width;
        }
    }
}
