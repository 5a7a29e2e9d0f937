import RegularExpressions

/// Why a text is no list of matchers.
public struct MatcherListError: Error, Hashable, Sendable {
    public let message: String
    /// The bytes of the text that are to blame.
    public let range: Range<Int>
    /// What to write instead, where that can be told.
    public let help: String?
}

extension LabelMatcher {
    /// Reads matchers as Alertmanager's routes, silences and inhibitions write them: `severity="critical"`, `{job=~"api|web", env!=dev}`.
    ///
    /// Names and values may be bare or in double quotes with `\"`, `\\` and `\n`; braces around the list may be left out.
    public static func list(_ text: String) throws(MatcherListError) -> [LabelMatcher] {
        var reader = MatcherListReader(text)
        return try reader.read()
    }
}

/// Reads the bytes of a list of matchers from left to right.
private struct MatcherListReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func read() throws(MatcherListError) -> [LabelMatcher] {
        skipSpace()
        let opening = place
        let isBraced = take("{")
        var matchers: [LabelMatcher] = []
        skipSpace()
        while place < bytes.count, !isAt("}") {
            matchers.append(try matcher())
            skipSpace()
            guard take(",") else { break }
            skipSpace()
        }
        if isBraced {
            guard take("}") else {
                throw place < bytes.count
                    ? surplus() : fail("the brace is not closed", opening..<opening + 1, "add '}'")
            }
            skipSpace()
        }
        guard place == bytes.count else { throw surplus() }
        return matchers
    }

    private func surplus() -> MatcherListError {
        if isAt("}") { return fail("a brace is closed that was never opened", place..<place + 1) }
        return fail(
            "expected a comma between matchers",
            place..<place + 1,
            "put values with other characters in double quotes"
        )
    }

    private mutating func matcher() throws(MatcherListError) -> LabelMatcher {
        let start = place
        let name = try word("a label name")
        guard !name.isEmpty else { throw fail("a label name cannot be empty", start..<max(place, start + 1)) }
        skipSpace()
        let operation = try self.operation(after: name)
        skipSpace()
        let valueStart = place
        let value = place < bytes.count && !isAt(",") && !isAt("}") ? try word("a value") : ""
        do throws(PatternError) {
            return try LabelMatcher(name, operation, value)
        } catch {
            throw fail("the regular expression cannot be read: \(error.reason)", valueStart..<place, "in RE2's syntax")
        }
    }

    private mutating func operation(after name: String) throws(MatcherListError) -> LabelMatcher.Operation {
        // The longer ones first, since `=` begins `=~`.
        for operation in [LabelMatcher.Operation.matches, .notMatches, .notEqual, .equal] {
            let wanted = Array(operation.rawValue.utf8)
            guard bytes[place...].starts(with: wanted) else { continue }
            place += wanted.count
            guard operation == .equal, isAt("=") else { return operation }
            throw fail("'==' is no operator", place - 1..<place + 1, "write one '='")
        }
        throw fail(
            "expected =, !=, =~ or !~ after '\(name)'",
            place..<min(place + 1, bytes.count),
            "write \(name)=\"value\""
        )
    }

    /// A name or a value, in quotes or bare.
    private mutating func word(_ what: String) throws(MatcherListError) -> String {
        if isAt("\"") { return try quotedWord() }
        let start = place
        while place < bytes.count, !Self.reserved.contains(bytes[place]) { place += 1 }
        guard place > start else {
            throw fail("expected \(what)", start..<min(start + 1, bytes.count), "put it in double quotes")
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    private mutating func quotedWord() throws(MatcherListError) -> String {
        let start = place
        var text: [UInt8] = []
        place += 1
        while place < bytes.count {
            let byte = bytes[place]
            place += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard place < bytes.count else { break }
            switch bytes[place] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text.append(bytes[place])
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            // A backslash before anything else is itself, so that `\d` can be written in expressions.
            default: text += [byte, bytes[place]]
            }
            place += 1
        }
        throw fail("the quotes are not closed", start..<bytes.count, "add '\"'")
    }

    private static let reserved = Set(" \t\r\n{}!=~,\\\"'`".utf8)

    private mutating func skipSpace() {
        while place < bytes.count, Set(" \t\r\n".utf8).contains(bytes[place]) { place += 1 }
    }

    private func isAt(_ character: Unicode.Scalar) -> Bool {
        place < bytes.count && bytes[place] == UInt8(ascii: character)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard isAt(character) else { return false }
        place += 1
        return true
    }

    private func fail(_ message: String, _ range: Range<Int>, _ help: String? = nil) -> MatcherListError {
        MatcherListError(message: message, range: range, help: help)
    }
}
