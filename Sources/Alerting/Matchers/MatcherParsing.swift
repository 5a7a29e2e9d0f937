public import Metrics

extension MatcherList {
    /// How a text of matchers was read.
    public enum Reading: Hashable, Sendable {
        /// Old and new rules agree, or the text is only good by the new ones.
        case agreed
        /// The text is good by the old rules alone.
        case classicOnly
        /// Both read it, differently; the old reading was taken.
        case disagreement
    }

    /// Reads matchers as Alertmanager does unless told otherwise: by the rules for UTF-8, and by the old ones where the text
    /// is good by those alone or means something else by them.
    public static func parse(_ text: String) throws(MatcherError) -> (matchers: [LabelMatcher], reading: Reading) {
        let new = Result { () throws(MatcherError) in try UnicodeMatcherParser.parse(text) }
        let old = Result { () throws(MatcherError) in try ClassicMatcherParser.parse(text) }
        switch (new, old) {
        case (.success(let matchers), .failure): return (matchers, .agreed)
        case (.failure, .success(let matchers)): return (matchers, .classicOnly)
        case (.failure(let error), .failure): throw error
        case (.success(let matchers), .success(let other)):
            return matchers == other ? (matchers, .agreed) : (other, .disagreement)
        }
    }

    /// Reads a text that must hold exactly one matcher.
    public static func parseOne(_ text: String) throws(MatcherError) -> LabelMatcher {
        let matchers = try parse(text).matchers
        guard let matcher = matchers.first else { throw MatcherError("no matchers") }
        guard matchers.count == 1 else { throw MatcherError("expected 1 matcher, found \(matchers.count)") }
        return matcher
    }
}

extension MatcherList {
    /// Reads one matcher as the API and amtool take it: braces and commas have no meaning around it by the old rules.
    public static func parseSingle(_ text: String) throws(MatcherError) -> LabelMatcher {
        let old = Result { () throws(MatcherError) in try ClassicMatcherParser.matcher(text) }
        if case .success(let matcher) = old { return matcher }
        let isBraced = text.hasPrefix("{") || text.hasSuffix("}")
        let new = isBraced ? nil : try? UnicodeMatcherParser.parse(text)
        guard let new, new.count == 1 else { return try old.get() }
        return new[0]
    }
}

/// The rules of Alertmanager before 0.27: `name op value`, the value with or without quotes.
enum ClassicMatcherParser {
    static func parse(_ text: String) throws(MatcherError) -> [LabelMatcher] {
        var body = text.utf8[...]
        if body.first == UInt8(ascii: "{") { body = body.dropFirst() }
        if body.last == UInt8(ascii: "}") { body = body.dropLast() }
        var matchers: [LabelMatcher] = []
        for token in tokens(Array(body)) {
            matchers.append(try matcher(String(decoding: token, as: UTF8.self)))
        }
        return matchers
    }

    /// Splits at commas outside of quotes.
    private static func tokens(_ bytes: [UInt8]) -> [[UInt8]] {
        var tokens: [[UInt8]] = []
        var token: [UInt8] = []
        var isQuoted = false
        var isEscaped = false
        for byte in bytes {
            switch byte {
            case UInt8(ascii: ",") where !isQuoted:
                tokens.append(token)
                token = []
                continue
            case UInt8(ascii: "\""):
                if isEscaped { isEscaped = false } else { isQuoted.toggle() }
            case UInt8(ascii: "\\"): isEscaped.toggle()
            case UInt8(ascii: ","): break
            default: isEscaped = false
            }
            token.append(byte)
        }
        let rest = trimmed(token[...])
        return rest.isEmpty ? tokens : tokens + [Array(rest)]
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }

    static func matcher(_ text: String) throws(MatcherError) -> LabelMatcher {
        var rest = trimmed(Array(text.utf8)[...])
        let name = rest.prefix { isNameByte($0, isFirst: false) }
        guard let first = name.first, isNameByte(first, isFirst: true) else { throw badFormat(text) }
        rest = rest.dropFirst(name.count).drop(while: isBlank)
        guard let operation = operation(&rest) else { throw badFormat(text) }
        rest = rest.drop(while: isBlank)
        let value = try value(String(decoding: rest, as: UTF8.self))
        return try .make(String(decoding: name, as: UTF8.self), operation, value)
    }

    private static func badFormat(_ text: String) -> MatcherError { MatcherError("bad matcher format: \(text)") }

    private static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: ":"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !isFirst
        default: false
        }
    }

    private static func operation(_ rest: inout ArraySlice<UInt8>) -> LabelMatcher.Operation? {
        for operation in [LabelMatcher.Operation.matches, .equal, .notEqual, .notMatches]
        where rest.starts(with: operation.rawValue.utf8) {
            rest = rest.dropFirst(operation.rawValue.utf8.count)
            return operation
        }
        return nil
    }

    private static func value(_ raw: String) throws(MatcherError) -> String {
        let quote = UInt8(ascii: "\"")
        var bytes = Array(raw.utf8)[...]
        var expectsQuote = bytes.first == quote
        if expectsQuote { bytes = bytes.dropFirst() }
        var value: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                switch bytes.first {
                case UInt8(ascii: "n"): value.append(UInt8(ascii: "\n"))
                case quote, UInt8(ascii: "\\"): value.append(bytes[bytes.startIndex])
                // A backslash before anything else stands for itself.
                case let other?: value += [byte, other]
                case nil: value.append(byte)
                }
                bytes = bytes.dropFirst()
            case quote:
                guard expectsQuote, bytes.isEmpty else { throw unescapedQuote(raw) }
                expectsQuote = false
            default: value.append(byte)
            }
        }
        if expectsQuote { throw unescapedQuote(raw) }
        return String(decoding: value, as: UTF8.self)
    }

    private static func unescapedQuote(_ raw: String) -> MatcherError {
        MatcherError("matcher value contains unescaped double quote: \(raw)")
    }
}
