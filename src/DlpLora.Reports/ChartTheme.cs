namespace DlpLora.Reports;

/// <summary>The ground that a chart is drawn for.</summary>
public enum ChartTheme
{
    /// <summary>Dark on white.</summary>
    Light,

    /// <summary>Light on near black.</summary>
    Dark,
}
