import Metrics
import PromQL
import Terminal

/// Characters to draw on. A braille character has two dots across and four up, so curves look like curves.
struct GraphCanvas {
    let columns: Int
    let rows: Int
    private var cells: [Cell]

    private struct Cell {
        var dots: UInt8 = 0
        var style: Terminal.Style?
        var letter: Character?

        var isBlank: Bool { dots == 0 && letter == nil }

        var character: Character {
            if let letter { return letter }
            let braille = dots == 0 ? nil : Unicode.Scalar(0x2800 + UInt32(dots))
            return braille.map(Character.init) ?? " "
        }
    }

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: Cell(), count: columns * rows)
    }

    /// Draws the samples, joined by lines where no step between them was left out.
    mutating func draw(
        _ samples: [SeriesPoint],
        pen: Graph.Pen,
        from start: Timestamp,
        to end: Timestamp,
        axis: ValueAxis
    ) {
        let span = max(1, Double((end - start).rawValue))
        let (across, up) = pen.isDots ? (columns * 2, rows * 4) : (columns, rows)
        let gap = Self.longestStep(samples)
        var last: (x: Int, y: Int, time: Timestamp)?
        for sample in samples where sample.value.number.isFinite {
            let x = Int((Double((sample.timestamp - start).rawValue) / span * Double(across - 1)).rounded())
            let y = Int((axis.height(of: sample.value.number) * Double(up - 1)).rounded())
            guard (0..<across).contains(x), (0..<up).contains(y) else { continue }
            if let last, sample.timestamp - last.time <= gap {
                line((last.x, last.y), (x, y), pen)
            } else {
                dot(x, y, pen)
            }
            last = (x, y, sample.timestamp)
        }
    }

    /// The usual distance of two samples: a larger one is a hole.
    private static func longestStep(_ samples: [SeriesPoint]) -> Milliseconds {
        zip(samples, samples.dropFirst()).map { $1.timestamp - $0.timestamp }.min() ?? .zero
    }

    private mutating func line(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int), _ pen: Graph.Pen) {
        let steps = max(abs(to.x - from.x), abs(to.y - from.y), 1)
        for step in 0...steps {
            dot(from.x + (to.x - from.x) * step / steps, from.y + (to.y - from.y) * step / steps, pen)
        }
    }

    /// A point; `y` counts from the bottom.
    private mutating func dot(_ x: Int, _ y: Int, _ pen: Graph.Pen) {
        switch pen {
        case .letter(let letter): cells[(rows - 1 - y) * columns + x].letter = letter
        case .dots(let style):
            let fromTop = rows * 4 - 1 - y
            let cell = fromTop / 4 * columns + x / 2
            cells[cell].dots |= Self.bits[x % 2][fromTop % 4]
            cells[cell].style = style
        }
    }

    // The bit of each dot of a braille character, by column and then from the top.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    /// A row, counted from the top, without blanks at its end.
    func line(_ row: Int, _ terminal: Terminal) -> String {
        var text = ""
        var run = ""
        var style: Terminal.Style?
        for cell in cells[row * columns..<(row + 1) * columns] {
            // A blank looks the same in every colour, so it does not end a run.
            if cell.style != style && !cell.isBlank {
                text += style.map { terminal.styled(run, $0) } ?? run
                run = ""
                style = cell.style
            }
            run.append(cell.character)
        }
        while run.last == " " { run.removeLast() }
        return text + (style.map { terminal.styled(run, $0) } ?? run)
    }
}

extension Graph.Pen {
    fileprivate var isDots: Bool {
        if case .dots = self { true } else { false }
    }
}
