/// How text for people looks.
public struct TextStyle: Sendable, Hashable {
    /// Whether the terminal understands colours.
    public var isColoured: Bool
    /// How many columns a source line may take; longer ones are cut around what matters.
    public var width: Int

    public init(isColoured: Bool = false, width: Int = 120) {
        self.isColoured = isColoured
        self.width = max(width, 20)
    }

    public static let plain = TextStyle()
    public static let coloured = TextStyle(isColoured: true)
}

/// Draws one problem:
/// ```
/// rules.yml:3:15: parse error: unknown function with name "rat" [promql/parse]
/// 3 |         expr: rat(x[5m])
///   |               ^~~ did you mean "rate"?
/// ```
struct DiagnosticDrawing {
    private let diagnostic: Diagnostic
    private let style: TextStyle
    private let gutter: Int

    init(_ diagnostic: Diagnostic, style: TextStyle) {
        self.diagnostic = diagnostic
        self.style = style
        gutter = String(diagnostic.end.line).utf8.count
    }

    /// Of a text that is empty, or that could not be read at all, there is nothing to show.
    var text: String { diagnostic.source.text.isEmpty && diagnostic.help == nil ? headline : headline + excerpt }

    private var headline: String {
        let name = diagnostic.source.name.map { visible($0) + ":" } ?? ""
        let place = paint("\(name)\(diagnostic.start):", .bold)
        let title = paint("\(diagnostic.title):", titleColour)
        let message = paint(visible(diagnostic.message), .bold)
        return "\(place) \(title) \(message) \(paint("[\(diagnostic.code)]", .faint))\n"
    }

    // MARK: The excerpt

    /// The first line of the range and its last, with a line of carets under each.
    private var excerpt: String {
        let source = diagnostic.source
        let first = diagnostic.start.line
        var end = max(diagnostic.range.lowerBound, diagnostic.range.upperBound)
        // A range that ends behind a line's end does not reach the next line.
        if end > diagnostic.range.lowerBound, end == source.start(ofLine: diagnostic.end.line) { end -= 1 }
        let last = max(first, source.place(of: end).line)
        let range = diagnostic.range.lowerBound..<end
        guard last > first else { return drawing(ofLine: first, range, isFirst: true, isLast: true) }
        let between = last - first > 1 ? String(repeating: " ", count: gutter) + paint(" ...", .faint) + "\n" : ""
        return drawing(ofLine: first, range, isFirst: true, isLast: false) + between
            + drawing(ofLine: last, range, isFirst: false, isLast: true)
    }

    private func drawing(ofLine number: Int, _ range: Range<Int>, isFirst: Bool, isLast: Bool) -> String {
        let whole = diagnostic.source.range(ofLine: number)
        let bytes = diagnostic.source.clipped(whole, around: isFirst ? range.lowerBound : range.upperBound)
        let line = DisplayLine(diagnostic.source[bytes])
        let start = isFirst ? line.cell(at: range.lowerBound - bytes.lowerBound) : line.firstVisible
        let end = isLast ? line.cell(at: range.upperBound - bytes.lowerBound) : line.cells.count
        let marked = min(start, line.cells.count)..<max(start, min(end, line.cells.count))
        let shown = window(line, around: marked)
        let lead = shown.lowerBound > 0 || bytes.lowerBound > whole.lowerBound ? "…" : ""
        let trail = shown.upperBound < line.cells.count || bytes.upperBound < whole.upperBound ? "…" : ""
        let text = lead + line.text(shown) + trail
        let indent = lead.unicodeScalars.count + line.width(shown.lowerBound..<marked.lowerBound)
        let carets = max(1, line.width(marked.clamped(to: shown)))
        let underline =
            isFirst ? "^" + String(repeating: "~", count: carets - 1) : String(repeating: "~", count: carets)
        let help = isLast ? diagnostic.help.map { " " + visible($0) } ?? "" : ""
        return margin(String(number)) + trimmed(text) + "\n" + margin("")
            + String(repeating: " ", count: indent) + paint(underline, titleColour) + paint(help, .green) + "\n"
    }

    /// The cells of a line that are drawn: all that fit, and of a longer line those around the marked ones.
    private func window(_ line: DisplayLine, around marked: Range<Int>) -> Range<Int> {
        let all = line.cells.indices
        // Both ellipses and the gutter take room too.
        let room = max(10, style.width - gutter - 5)
        guard line.width(all) > room else { return all }
        var low = min(marked.lowerBound, all.upperBound)
        var high = low
        var width = 0
        while high < all.upperBound, high < marked.upperBound || width < room / 2,
            width + line.cells[high].width <= room
        {
            width += line.cells[high].width
            high += 1
        }
        while low > 0, width + line.cells[low - 1].width <= room {
            low -= 1
            width += line.cells[low].width
        }
        while high < all.upperBound, width + line.cells[high].width <= room {
            width += line.cells[high].width
            high += 1
        }
        return low..<high
    }

    private func margin(_ number: String) -> String {
        paint(String(repeating: " ", count: gutter - number.utf8.count) + number + " |", .faint) + " "
    }

    private func trimmed(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while scalars.last == " " {
            scalars.removeLast()
        }
        return String(scalars)
    }

    /// The text without anything that a terminal would obey.
    private func visible(_ text: String) -> String {
        let line = DisplayLine(text)
        return line.text(line.cells.indices)
    }
}

// MARK: Colours

extension DiagnosticDrawing {
    private enum Paint: String {
        case bold = "1"
        case faint = "2"
        case red = "1;31"
        case green = "32"
        case yellow = "1;33"
        case blue = "1;34"
    }

    private var titleColour: Paint {
        switch diagnostic.severity {
        case .error: .red
        case .warning: .yellow
        case .information: .blue
        }
    }

    private func paint(_ text: String, _ paint: Paint) -> String {
        style.isColoured && !text.isEmpty ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
    }
}

extension DisplayLine {
    /// The first cell that is no blank.
    fileprivate var firstVisible: Int {
        cells.firstIndex { !$0.text.unicodeScalars.allSatisfy { $0 == " " } } ?? 0
    }
}

extension SourceText {
    /// What is worth laying out of a line of any length: at most some thousand bytes, cut between characters.
    fileprivate func clipped(_ line: Range<Int>, around place: Int) -> Range<Int> {
        let reach = 2_048
        guard line.count > 2 * reach else { return line }
        func boundary(_ offset: Int) -> Int {
            let rest = text.utf8.dropFirst(offset)
            return offset + rest.prefix { $0 & 0xC0 == 0x80 }.count
        }
        let low = max(line.lowerBound, min(place, line.upperBound) - reach)
        return boundary(low)..<min(line.upperBound, boundary(min(low + 2 * reach, line.upperBound)))
    }
}
