namespace DlpLora.Runtime.Templates.Jinja.Values;

/// <summary>The <c>loop</c> variable.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items, int depth)
{
    private object? _changed = new Undefined("nothing yet");

    public int Index { get; set; }

    public bool TryGet(string name, out object? value)
    {
        (bool known, value) = name switch
        {
            "index" => (true, (object?)(Index + 1L)),
            "index0" => (true, (long)Index),
            "revindex" => (true, (long)(items.Count - Index)),
            "revindex0" => (true, (long)(items.Count - Index - 1)),
            "first" => (true, Index == 0),
            "last" => (true, Index == items.Count - 1),
            "length" => (true, (long)items.Count),
            "depth" => (true, (long)depth),
            "depth0" => (true, (long)depth - 1),
            "previtem" => (true, Index > 0 ? items[Index - 1] : new Undefined("there is no previous item")),
            "nextitem" => (true, Index + 1 < items.Count ? items[Index + 1] : new Undefined("there is no next item")),
            "cycle" => (true, new Callable(name, (_, arguments) => arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count] : throw new JinjaError("'cycle' has no items"))),
            "changed" => (true, new Callable(name, (_, arguments) => Changed(arguments))),
            _ => (false, null),
        };
        return known;
    }

    private bool Changed(CallArguments arguments)
    {
        List<object?> now = [.. arguments.Positional];
        bool changed = !Operators.AreEqual(_changed, now);
        _changed = now;
        return changed;
    }
}
