import Metrics

/// Evidence as those show it who tell people of an alert.
public enum ShownEvidence {
    private static let blocks = Array("▁▂▃▄▅▆▇█")
    private static let width = 24

    /// A line chart that any browser shows; empty where there is nothing to draw.
    public static func drawing(of series: [ActionTools.SeriesPoints], title: String) -> String {
        SeriesDrawing.svg(series, title: title)
    }

    /// The newest points of a series as a line of text: `▁▁▂▅█ 0.2 … 7.5`. Empty where there is nothing to draw.
    public static func line(of series: ActionTools.SeriesPoints) -> String {
        let values = series.points.map(\.value).filter(\.isFinite)
        guard let low = values.min(), let high = values.max() else { return "" }
        let columns = min(width, values.count)
        let drawn = (0..<columns).map { column in
            // The last point of each column, so that the newest is the last one shown.
            let value = values[(column + 1) * values.count / columns - 1]
            let height = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0
            return blocks[min(blocks.count - 1, Int(height * Double(blocks.count)))]
        }
        return "\(String(drawn)) \(short(low)) … \(short(high))"
    }

    private static func short(_ value: Double) -> String {
        value.magnitude < 1e9 ? Wording.number((value * 1_000).rounded() / 1_000) : Wording.number(value)
    }

    /// A text without the secrets in it: those that are known, and what looks like one.
    public static func scrubbed(_ text: String, of secrets: [String]) -> String {
        Scrubber(secrets: secrets).scrub(text)
    }
}
