extension Unicode.Scalar {
    /// How many columns of a terminal the character takes up: none for marks that sit on another character, two for
    /// East Asian wide ones and emoji, one for all others.
    var displayWidth: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if properties.isEmojiPresentation { return 2 }
        return Self.wide.contains { $0.contains(value) } ? 2 : 1
    }

    // The blocks that Unicode's East Asian Width calls wide or full width.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}

/// A line as a terminal shows it, and the column at which each of its bytes begins there.
///
/// Tabs become blanks up to the next multiple of four; control characters become their pictures, so that no file can
/// write to the terminal of whoever reads its errors.
struct DisplayLine {
    struct Cell {
        var text: String
        var width: Int
        /// The byte of the line at which the character begins.
        var offset: Int
    }

    private(set) var cells: [Cell] = []

    init(_ line: String) {
        var offset = 0
        var column = 0
        for scalar in line.unicodeScalars {
            let cell = Self.cell(scalar, at: offset, column: column)
            cells.append(cell)
            offset += UTF8.width(scalar)
            column += cell.width
        }
    }

    private static func cell(_ scalar: Unicode.Scalar, at offset: Int, column: Int) -> Cell {
        switch scalar.value {
        case 0x09:
            let width = 4 - column % 4
            return Cell(text: String(repeating: " ", count: width), width: width, offset: offset)
        case 0..<0x20:
            let picture = Unicode.Scalar(0x2400 + scalar.value) ?? "?"
            return Cell(text: String(picture), width: 1, offset: offset)
        case 0x7F: return Cell(text: "\u{2421}", width: 1, offset: offset)
        case 0x80..<0xA0: return Cell(text: "\u{FFFD}", width: 1, offset: offset)
        // These turn the direction of text around, and with it what the line seems to say.
        case 0x202A...0x202E, 0x2066...0x2069: return Cell(text: "\u{FFFD}", width: 1, offset: offset)
        default: return Cell(text: String(scalar), width: scalar.displayWidth, offset: offset)
        }
    }

    /// The first cell at or behind a byte of the line.
    func cell(at offset: Int) -> Int {
        cells.firstIndex { $0.offset >= offset } ?? cells.count
    }

    func width(_ cells: Range<Int>) -> Int { self.cells[cells].reduce(0) { $0 + $1.width } }

    func text(_ cells: Range<Int>) -> String {
        var text = ""
        for cell in self.cells[cells] {
            text.unicodeScalars += cell.text.unicodeScalars
        }
        return text
    }
}
