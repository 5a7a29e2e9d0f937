import Diagnostics
import Metrics
import PromQL
import Terminal

/// A chart of series over time, drawn with characters: values upwards, time to the right, a legend below.
struct Graph {
    let terminal: Terminal
    let start: Timestamp
    let end: Timestamp

    // More series than this make a chart nobody can read; the legend tells how many are not drawn.
    private static let seriesMax = 12
    private static let colours: [Terminal.Style] = [.cyan, .yellow, .green, .magenta, .blue, .red]
    private static let letters = Array("abcdefghijkl")

    /// How a series' points show.
    enum Pen {
        /// Eight dots a character, in a colour where there is one.
        case dots(Terminal.Style)
        /// One letter for each point: where colours cannot tell the series apart.
        case letter(Character)
    }

    func text(of series: [MatrixSeries]) -> String {
        let drawn = Array(series.prefix(Self.seriesMax))
        let values = drawn.flatMap { $0.samples.map(\.value.number) }.filter(\.isFinite)
        guard let lowest = values.min(), let highest = values.max() else {
            return terminal.styled(series.isEmpty ? "no series" : "no finite values", .faint) + "\n"
        }
        let axis = ValueAxis(lowest: lowest, highest: highest)
        let width = max(8, terminal.width - axis.labelWidth - 3)
        var canvas = GraphCanvas(columns: width, rows: axis.rows)
        for (index, one) in drawn.enumerated() {
            canvas.draw(one.samples, pen: pen(index, of: drawn.count), from: start, to: end, axis: axis)
        }
        return chart(canvas, axis) + timeAxis(width, indent: axis.labelWidth + 2) + legend(drawn, of: series.count)
    }

    private func pen(_ index: Int, of count: Int) -> Pen {
        let canTell = count == 1 || (terminal.hasColour && count <= Self.colours.count)
        return terminal.drawsUnicode && canTell
            ? .dots(Self.colours[index % Self.colours.count]) : .letter(Self.letters[index])
    }

    private func chart(_ canvas: GraphCanvas, _ axis: ValueAxis) -> String {
        let (bar, tick) = terminal.drawsUnicode ? ("│", "┤") : ("|", "+")
        return (0..<canvas.rows).map { row in
            let label = axis.label(row: row)
            let edge = TextWidth.paddedLeft(label ?? "", to: axis.labelWidth) + " " + (label == nil ? bar : tick)
            return edge + canvas.line(row, terminal) + "\n"
        }
        .joined()
    }

    private func timeAxis(_ width: Int, indent: Int) -> String {
        let (corner, line) = terminal.drawsUnicode ? ("└", "─") : ("+", "-")
        let margin = String(repeating: " ", count: indent - 1)
        // What is finer than a column is not told.
        let isFine = end - start < .seconds(Int64(width))
        let left = (isFine ? start : start.wholeSecond).rfc3339Text
        let right = (isFine ? end : end.wholeSecond).rfc3339Text
        let gap = width - left.utf8.count - right.utf8.count
        // A narrow chart has room for one end only; the other follows from it.
        let labels = gap >= 1 ? left + String(repeating: " ", count: gap) + right : right
        return "\(margin)\(corner)\(String(repeating: line, count: width))\n\(margin) \(labels)\n"
    }

    private func legend(_ drawn: [MatrixSeries], of count: Int) -> String {
        var text = ""
        for (index, one) in drawn.enumerated() {
            let mark =
                switch pen(index, of: drawn.count) {
                case .dots(let style): terminal.styled("⣿", style)
                case .letter(let letter): String(letter)
                }
            let last = one.samples.last.map { Number.answer(Digits.rounded($0.value.number)) } ?? ""
            let sign = terminal.drawsUnicode ? "…" : "..."
            let room = max(20, terminal.width - last.utf8.count - 6)
            let name = TextWidth.shortened("\(one.labels)", to: room, sign: sign)
            text += "\(mark) \(name)  \(last)\n"
        }
        if count > drawn.count { text += terminal.styled("and \(count - drawn.count) more series\n", .faint) }
        return text
    }
}

/// The values along the left side, from one round number to another.
struct ValueAxis {
    let lowest: Double
    let highest: Double
    let rows: Int
    private let rowsPerTick: Int
    private let ticks: Int

    // About so many rows make a chart that a terminal shows whole.
    private static let rowsWanted = 16

    init(lowest: Double, highest: Double) {
        // A flat line is drawn in the middle of a band.
        let band = lowest == highest ? max(lowest.magnitude / 2, 1) : 0
        let low = max(lowest - band, -.greatestFiniteMagnitude)
        let high = min(highest + band, .greatestFiniteMagnitude)
        let step = Self.roundStep(high / 4 - low / 4)
        let first = (low / step).rounded(.down)
        let last = (high / step).rounded(.up)
        // Beyond the precision of numbers there are no round ones.
        guard step.isNormal, last - first >= 1, last - first <= 12, (last * step).isFinite, (first * step).isFinite
        else {
            (self.lowest, self.highest, ticks) = (low, high, 1)
            rowsPerTick = Self.rowsWanted - 1
            rows = Self.rowsWanted
            return
        }
        (self.lowest, self.highest) = (first * step, last * step)
        ticks = Int(last - first)
        rowsPerTick = max(2, (Self.rowsWanted - 1) / ticks)
        rows = ticks * rowsPerTick + 1
    }

    /// The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below the span.
    private static func roundStep(_ span: Double) -> Double {
        guard span > 0, span.isFinite else { return 0 }
        var power = 1.0
        while power > span && power > 1e-300 { power /= 10 }
        while power <= span / 10 && power < 1e300 { power *= 10 }
        return [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 >= span } ?? 0
    }

    /// From 0 at the bottom to 1 at the top.
    func height(of value: Double) -> Double {
        // Halves keep the difference of two huge values finite.
        (value / 2 - lowest / 2) / (highest / 2 - lowest / 2)
    }

    /// The text beside a row, counted from the top; every few rows have one.
    func label(row: Int) -> String? {
        guard row.isMultiple(of: rowsPerTick) else { return nil }
        let share = Double(ticks - row / rowsPerTick) / Double(ticks)
        return Number.general(Digits.rounded(lowest * (1 - share) + highest * share))
    }

    var labelWidth: Int {
        (0..<rows).compactMap { label(row: $0)?.utf8.count }.max() ?? 0
    }
}

/// Rounding for the eye.
enum Digits {
    /// Four significant digits.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value }
        var scale = 1.0
        while value.magnitude * scale >= 10_000 && scale > 1e-300 { scale /= 10 }
        while value.magnitude * scale < 1_000 && scale < 1e300 { scale *= 10 }
        let scaled = (value * scale).rounded() / scale
        return scaled.isFinite ? scaled : value
    }
}
