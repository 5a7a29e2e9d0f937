import Diagnostics
import Terminal

/// Rows in aligned columns, for people.
struct TextTable {
    private let terminal: Terminal

    init(_ terminal: Terminal) {
        self.terminal = terminal
    }

    /// Columns as wide as their widest cell; those from `numbersFrom` on are numbers and end at the same column.
    func text(_ header: [String], _ rows: [[String]], numbersFrom: Int = .max, indent: String = "") -> String {
        var widths = header.map(TextWidth.columns)
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], TextWidth.columns(cell)) }
        }
        func line(_ cells: [String]) -> String {
            let filled = cells.enumerated().map { column, cell in
                if column >= numbersFrom { return TextWidth.paddedLeft(cell, to: widths[column]) }
                // No spaces at the end of a line.
                return column == cells.count - 1 ? cell : TextWidth.padded(cell, to: widths[column])
            }
            var text = indent + filled.joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text
        }
        return ([terminal.styled(line(header), .faint)] + rows.map(line)).map { $0 + "\n" }.joined()
    }
}

extension String {
    /// The text on one line and without anything that a terminal would obey: labels and outputs can hold whatever somebody sent.
    var onOneLine: String {
        let isPlain = unicodeScalars.allSatisfy { !$0.isControl }
        if isPlain { return self }
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            text.append(scalar.isControl ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar)
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Marks that turn the direction of what follows.
        case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
        default: false
        }
    }
}
