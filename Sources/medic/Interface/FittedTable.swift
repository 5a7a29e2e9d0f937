import Diagnostics
import Metrics
import Terminal

/// Rows in aligned columns that fit the window: where they are too wide, the columns that may give way are cut.
///
/// What goes into a file or another program is never cut.
struct FittedTable {
    struct Column {
        let title: String
        /// Numbers end at the same column.
        var isNumber = false
        /// Whether its cells may be cut.
        var givesWay = false
        /// Whether it goes altogether where others would have to be cut beyond recognition; the last of them first.
        var isLeftOut = false
    }

    struct Cell: ExpressibleByStringInterpolation {
        let text: String
        let style: Terminal.Style?

        init(_ text: String, _ style: Terminal.Style? = nil) {
            self.text = text.onOneLine
            self.style = style
        }

        init(stringLiteral value: String) { self.init(value) }
    }

    /// A column is not cut below this.
    private static let narrowest = 8
    /// A name this long is still known for what it is.
    private static let recognised = 24
    private static let gap = 2

    let terminal: Terminal
    let columns: [Column]

    func text(_ rows: [[Cell]], indent: Int = 0) -> String {
        let shown = shownColumns(rows, indent: indent)
        guard shown.count == columns.count else {
            let table = FittedTable(terminal: terminal, columns: shown.map { columns[$0] })
            return table.text(rows.map { row in shown.map { row[$0] } }, indent: indent)
        }
        let widths = fitted(natural(rows), indent: indent)
        let header = line(columns.map { Cell($0.title, .faint) }, widths, indent)
        return header + rows.map { line($0, widths, indent) }.joined()
    }

    /// For whoever looks on: the columns in which something stands, and for which there is room.
    private func shownColumns(_ rows: [[Cell]], indent: Int) -> [Int] {
        var shown = Array(columns.indices)
        guard terminal.isInteractive, !rows.isEmpty else { return shown }
        shown.removeAll { column in rows.allSatisfy { $0[column].text.isEmpty } }
        let natural = natural(rows)
        func needed() -> Int {
            shown.reduce(Self.gap * (shown.count - 1) + indent) { sum, column in
                sum + (columns[column].givesWay ? min(natural[column], Self.recognised) : natural[column])
            }
        }
        while needed() > terminal.width, let last = shown.last(where: { columns[$0].isLeftOut }) {
            shown.removeAll { $0 == last }
        }
        return shown
    }

    private func natural(_ rows: [[Cell]]) -> [Int] {
        var widths = columns.map { TextWidth.columns($0.title) }
        for row in rows {
            for (column, cell) in row.enumerated() {
                widths[column] = max(widths[column], TextWidth.columns(cell.text))
            }
        }
        return widths
    }

    private func fitted(_ natural: [Int], indent: Int) -> [Int] {
        guard terminal.isInteractive else { return natural }
        var widths = natural
        var surplus = widths.reduce(0, +) + Self.gap * (columns.count - 1) + indent - terminal.width
        while surplus > 0 {
            // The widest give way together down to the next, so that nobody loses more than needed.
            let candidates = columns.indices.filter { columns[$0].givesWay && widths[$0] > Self.narrowest }
            guard let width = candidates.map({ widths[$0] }).max() else { break }
            let widest = candidates.filter { widths[$0] == width }
            let next = candidates.map { widths[$0] }.filter { $0 < width }.max() ?? Self.narrowest
            let share = min((surplus + widest.count - 1) / widest.count, width - next)
            for column in widest where surplus > 0 {
                let cut = min(share, surplus)
                widths[column] -= cut
                surplus -= cut
            }
        }
        return widths
    }

    private func line(_ cells: [Cell], _ widths: [Int], _ indent: Int) -> String {
        var text = String(repeating: " ", count: indent)
        for (column, cell) in cells.enumerated() {
            if column > 0 { text += String(repeating: " ", count: Self.gap) }
            let sign = terminal.drawsUnicode ? "…" : "..."
            let shown = TextWidth.shortened(cell.text, to: widths[column], sign: sign)
            let blanks = String(repeating: " ", count: max(0, widths[column] - TextWidth.columns(shown)))
            let styled = cell.style.map { terminal.styled(shown, $0) } ?? shown
            text += columns[column].isNumber ? blanks + styled : styled + blanks
        }
        // No spaces at the end of a line.
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }
}

/// How long something lasts, in the two largest units that matter: `45s`, `3m10s`, `2d4h`.
enum Span {
    private static let units: [(milliseconds: Int64, shown: Int64)] = [
        (86_400_000, 3_600_000), (3_600_000, 60_000), (60_000, 1_000), (1_000, 1_000),
    ]

    static func text(_ span: Milliseconds) -> String {
        let magnitude = Int64(clamping: span.rawValue.magnitude)
        let shown = units.first { magnitude >= $0.milliseconds }?.shown ?? 1
        let rounded = magnitude / shown * shown
        guard rounded >= 7 * 86_400_000 else { return Milliseconds(rounded).promQLText }
        // Days rather than weeks and years, whose lengths nobody has in mind.
        let (days, rest) = rounded.quotientAndRemainder(dividingBy: 86_400_000)
        return "\(days)d" + (rest == 0 ? "" : Milliseconds(rest).promQLText)
    }

    /// How long ago something was; empty for what never was.
    static func ago(_ moment: Timestamp?, from now: Timestamp) -> String {
        guard let moment else { return "" }
        let exact = now - moment
        let span = Milliseconds(exact.rawValue - exact.rawValue % 1_000)
        return span == .zero ? "now" : span < .zero ? "in \(text(span))" : "\(text(span)) ago"
    }
}

extension Timestamp {
    /// Without the milliseconds, which nobody reads.
    var wholeSecond: Timestamp { Timestamp(milliseconds: rawValue - rawValue % 1_000) }
}
