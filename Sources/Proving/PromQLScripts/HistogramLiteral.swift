import Metrics

/// A native histogram as a script writes it: `{{schema:0 sum:5 count:4 buckets:[1 2 1]}}`.
///
/// It is checked for its form and kept as text: an evaluation that needs one is skipped and named.
enum HistogramLiteral {
    private enum Value {
        case number
        case list
        case oneOf([String])
    }

    private static let keys: [(name: String, value: Value)] = [
        ("schema", .number), ("sum", .number), ("count", .number), ("z_bucket", .number), ("z_bucket_w", .number),
        ("buckets", .list), ("offset", .number), ("n_buckets", .list), ("n_offset", .number), ("custom_values", .list),
        ("counter_reset_hint", .oneOf(["unknown", "reset", "not_reset", "gauge"])),
    ]

    /// Reads from `{{` to `}}`.
    static func read(_ cursor: inout LineCursor) throws(ScriptProblem) -> String {
        let start = cursor.place
        guard cursor.skip(UInt8(ascii: "{")), cursor.skip(UInt8(ascii: "{")) else {
            throw ScriptProblem("a native histogram begins with {{", at: cursor.restRange)
        }
        while true {
            cursor.skipBlanks()
            if cursor.peek() == UInt8(ascii: "}"), cursor.peek(1) == UInt8(ascii: "}") {
                cursor.advance(2)
                return cursor.piece(from: start).text
            }
            guard !cursor.isAtEnd else {
                throw ScriptProblem("the native histogram is not closed by }}", at: cursor.piece(from: start).range)
            }
            try readEntry(&cursor)
        }
    }

    private static func readEntry(_ cursor: inout LineCursor) throws(ScriptProblem) {
        let start = cursor.place
        while let byte = cursor.peek(),
            byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        {
            cursor.advance()
        }
        let key = cursor.piece(from: start)
        guard let known = keys.first(where: { key.isExactly($0.name) }) else {
            if key.text.isEmpty { cursor.advance() }
            throw ScriptProblem(
                "unknown key \(Labels.quoted(cursor.piece(from: start).text)) in a native histogram",
                at: cursor.piece(from: start).range,
                help: "known are " + keys.map(\.name).joined(separator: ", ")
            )
        }
        guard cursor.skip(UInt8(ascii: ":")) else {
            throw ScriptProblem("a colon is missing after \(key.text)", at: key.range)
        }
        cursor.skipBlanks()
        switch known.value {
        case .number: try readNumber(&cursor, of: key.text)
        case .list: try readList(&cursor, of: key.text)
        case .oneOf(let words):
            let word = token(&cursor)
            guard words.contains(word.text) else {
                throw ScriptProblem("\(key.text) is one of \(words.joined(separator: ", "))", at: word.range)
            }
        }
    }

    private static func readNumber(_ cursor: inout LineCursor, of key: String) throws(ScriptProblem) {
        let word = token(&cursor)
        guard Double(word.text) != nil else {
            throw ScriptProblem("\(key) needs a number, not \(Labels.quoted(word.text))", at: word.range)
        }
    }

    private static func readList(_ cursor: inout LineCursor, of key: String) throws(ScriptProblem) {
        let start = cursor.place
        guard cursor.skip(UInt8(ascii: "[")) else {
            throw ScriptProblem("\(key) needs a list in square brackets", at: cursor.restRange)
        }
        while true {
            cursor.skipBlanks()
            if cursor.skip(UInt8(ascii: "]")) { return }
            guard !cursor.isAtEnd else {
                throw ScriptProblem("the list of \(key) is not closed by ]", at: cursor.piece(from: start).range)
            }
            try readNumber(&cursor, of: key)
        }
    }

    /// The bytes up to a blank or a closing bracket.
    private static func token(_ cursor: inout LineCursor) -> LineCursor.Piece {
        let start = cursor.place
        while let byte = cursor.peek(), !ScriptLine.isBlank(byte), byte != UInt8(ascii: "]"), byte != UInt8(ascii: "}")
        {
            cursor.advance()
        }
        return cursor.piece(from: start)
    }
}
