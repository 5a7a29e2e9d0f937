import Metrics
import PromQL

/// Reads `name{label="value"} 1 _ 2+3x4`.
enum SeriesLineReader {
    /// The most steps one line may stand for: `1x99999999999` must not fill the memory.
    static let itemsMax = 1_000_000

    static func read(_ line: ScriptLine) throws(ScriptProblem) -> PromQLScript.SeriesLine {
        var cursor = LineCursor(line)
        let head = head(&cursor)
        let labels = try labels(head.text, at: head.range.lowerBound)
        var items: [PromQLScript.Item] = []
        try readItems(&cursor, into: &items)
        return PromQLScript.SeriesLine(labels: labels, items: items, range: line.range)
    }

    /// The values up to the end of the line.
    static func readItems(_ cursor: inout LineCursor, into items: inout [PromQLScript.Item]) throws(ScriptProblem) {
        while true {
            cursor.skipBlanks()
            if cursor.isAtEnd { break }
            try readItem(&cursor, into: &items)
        }
    }

    /// Everything up to the first blank outside braces and quotes.
    static func head(_ cursor: inout LineCursor) -> LineCursor.Piece {
        let start = cursor.place
        var isInBraces = false
        while let byte = cursor.peek() {
            if ScriptLine.isBlank(byte) && !isInBraces { break }
            cursor.advance()
            switch byte {
            case UInt8(ascii: "{"): isInBraces = true
            case UInt8(ascii: "}"): isInBraces = false
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
                if isInBraces { skipString(&cursor, quote: byte) }
            default: break
            }
        }
        return cursor.piece(from: start)
    }

    private static func skipString(_ cursor: inout LineCursor, quote: UInt8) {
        while let byte = cursor.peek() {
            cursor.advance()
            if byte == quote { return }
            if byte == UInt8(ascii: "\\") && quote != UInt8(ascii: "`") { cursor.advance() }
        }
    }

    /// The label set of a series written at this place of the file.
    static func labels(_ text: String, at start: Int) throws(ScriptProblem) -> Labels {
        do throws(ParseError) {
            return try parseMetric(text)
        } catch {
            throw ScriptProblem(
                facts: error.problems.map { problem in
                    let range = start + problem.range.lowerBound..<start + problem.range.upperBound
                    return ScriptProblem.Fact(message: problem.message, range: range, help: problem.help)
                }
            )
        }
    }

    // MARK: Items

    private static func readItem(
        _ cursor: inout LineCursor,
        into items: inout [PromQLScript.Item]
    ) throws(ScriptProblem) {
        let start = cursor.place
        if cursor.skip(UInt8(ascii: "_")) {
            let count = try repeats(&cursor) ?? 1
            try append(.absent, count, cursor.piece(from: start), to: &items)
        } else if cursor.peek() == UInt8(ascii: "{") {
            try readHistogram(&cursor, into: &items)
        } else if isWord("stale", at: cursor) {
            cursor.advance(5)
            try append(.float(MarkerNaN.stale), 1, cursor.piece(from: start), to: &items)
        } else {
            try readNumbers(&cursor, into: &items)
        }
        guard cursor.isAtEnd || cursor.peek().map(ScriptLine.isBlank) == true else {
            throw malformed(&cursor, from: start)
        }
    }

    private static func isWord(_ word: String, at cursor: LineCursor) -> Bool {
        word.utf8.enumerated().allSatisfy { cursor.peek($0.offset) == $0.element }
    }

    private static func malformed(_ cursor: inout LineCursor, from start: Int) -> ScriptProblem {
        _ = cursor.word()
        let item = cursor.piece(from: start)
        return ScriptProblem(
            "malformed value \(Labels.quoted(item.text))",
            at: item.range,
            help: "write 1, 1x3, 1+2x3, _, _x3, stale or {{...}}, with blanks between them"
        )
    }

    private static func append(
        _ item: PromQLScript.Item,
        _ count: Int,
        _ piece: LineCursor.Piece,
        to items: inout [PromQLScript.Item]
    ) throws(ScriptProblem) {
        guard count <= itemsMax - items.count else {
            throw ScriptProblem("a line may stand for \(itemsMax) values at most", at: piece.range)
        }
        items.append(contentsOf: repeatElement(item, count: count))
    }

    /// The number behind `x`, if there is one.
    private static func repeats(_ cursor: inout LineCursor) throws(ScriptProblem) -> Int? {
        let start = cursor.place
        guard cursor.skip(UInt8(ascii: "x")) else { return nil }
        let digits = cursor.place
        while let byte = cursor.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { cursor.advance() }
        let piece = cursor.piece(from: digits)
        guard let count = Int(piece.text), count < itemsMax else {
            let message =
                piece.text.isEmpty ? "a count is missing after x" : "a line may stand for \(itemsMax) values at most"
            throw ScriptProblem(message, at: cursor.piece(from: start).range)
        }
        return count
    }

    private static func readNumbers(
        _ cursor: inout LineCursor,
        into items: inout [PromQLScript.Item]
    ) throws(ScriptProblem) {
        let start = cursor.place
        guard var value = number(&cursor) else { throw malformed(&cursor, from: start) }
        var step = 0.0
        if cursor.peek() == UInt8(ascii: "+") || cursor.peek() == UInt8(ascii: "-") {
            guard let written = number(&cursor), cursor.peek() == UInt8(ascii: "x") else {
                throw malformed(&cursor, from: start)
            }
            step = written
        }
        let count = try repeats(&cursor).map { $0 + 1 } ?? 1
        let piece = cursor.piece(from: start)
        if step == 0 { return try append(.float(value), count, piece, to: &items) }
        // Added up step by step, as upstream does, so that the last bits agree.
        for _ in 0..<count {
            try append(.float(value), 1, piece, to: &items)
            value += step
        }
    }

    /// A number with an optional sign; hexadecimal ones do not exist here, since `0x10` repeats a zero.
    private static func number(_ cursor: inout LineCursor) -> Double? {
        let start = cursor.place
        if cursor.peek() == UInt8(ascii: "+") || cursor.peek() == UInt8(ascii: "-") { cursor.advance() }
        if let letter = cursor.peek(), letter | 0x20 == UInt8(ascii: "i") || letter | 0x20 == UInt8(ascii: "n") {
            cursor.advance(3)
            switch cursor.piece(from: start).text.lowercased() {
            case "inf", "+inf": return .infinity
            case "-inf": return -.infinity
            case "nan", "+nan", "-nan": return MarkerNaN.plain
            default: return nil
            }
        }
        skipDigits(&cursor)
        if cursor.skip(UInt8(ascii: ".")) { skipDigits(&cursor) }
        if let letter = cursor.peek(), letter | 0x20 == UInt8(ascii: "e") {
            cursor.advance()
            if cursor.peek() == UInt8(ascii: "+") || cursor.peek() == UInt8(ascii: "-") { cursor.advance() }
            skipDigits(&cursor)
        }
        return Double(cursor.piece(from: start).text)
    }

    private static func skipDigits(_ cursor: inout LineCursor) {
        while let byte = cursor.peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { cursor.advance() }
    }

    // MARK: Native histograms

    private static func readHistogram(
        _ cursor: inout LineCursor,
        into items: inout [PromQLScript.Item]
    ) throws(ScriptProblem) {
        let start = cursor.place
        let text = try HistogramLiteral.read(&cursor)
        if cursor.peek() == UInt8(ascii: "+") || cursor.peek() == UInt8(ascii: "-") {
            cursor.advance()
            _ = try HistogramLiteral.read(&cursor)
            guard cursor.peek() == UInt8(ascii: "x") else { throw malformed(&cursor, from: start) }
        }
        let count = try repeats(&cursor).map { $0 + 1 } ?? 1
        try append(.histogram(text), count, cursor.piece(from: start), to: &items)
    }
}
