import Metrics

/// The rules of Alertmanager since 0.27: names and values are any text, in quotes where they hold a reserved character.
struct UnicodeMatcherParser {
    private typealias Token = UnicodeMatcherLexer.Token

    private var lexer: UnicodeMatcherLexer
    private var hasOpenBrace = false

    static func parse(_ text: String) throws(MatcherError) -> [LabelMatcher] {
        var parser = UnicodeMatcherParser(lexer: UnicodeMatcherLexer(text))
        return try parser.list()
    }

    private mutating func list() throws(MatcherError) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        guard var next = try lexer.peek() else { return [] }
        if next.kind == .openBrace {
            _ = try lexer.next()
            hasOpenBrace = true
            guard let inner = try lexer.peek() else { throw missingCloseBrace }
            next = inner
        }
        while next.kind != .closeBrace {
            matchers.append(try matcher())
            guard let separator = try lexer.peek() else { break }
            guard separator.kind == .comma || separator.kind == .closeBrace else {
                throw unexpected(separator, "expected a comma or close brace")
            }
            if separator.kind == .closeBrace { break }
            _ = try lexer.next()
            guard let following = try lexer.peek() else { break }
            guard following.isText || following.kind == .closeBrace else {
                throw unexpected(following, "expected a matcher or close brace after comma")
            }
            next = following
        }
        try end()
        return matchers
    }

    private mutating func end() throws(MatcherError) {
        let last = try lexer.next()
        guard last?.kind == .closeBrace else {
            if hasOpenBrace { throw missingCloseBrace }
            return
        }
        guard hasOpenBrace else { throw MatcherError("0:\(lexer.column): }: expected opening brace") }
        if let extra = try lexer.next() {
            throw MatcherError("\(extra.start):\(extra.end): \(extra.text): expected end of input")
        }
    }

    private mutating func matcher() throws(MatcherError) -> LabelMatcher {
        let name = try text("expected label name")
        guard let token = try lexer.next() else {
            throw MatcherError("0:\(lexer.column): end of input: \(Self.operatorExpected)")
        }
        guard case .operation(let operation) = token.kind else { throw unexpected(token, Self.operatorExpected) }
        let value = try text("expected label value")
        return try .make(name, operation, value)
    }

    private static let operatorExpected = "expected an operator such as '=', '!=', '=~' or '!~'"

    private mutating func text(_ expectation: String) throws(MatcherError) -> String {
        guard let token = try lexer.next() else {
            throw MatcherError("0:\(lexer.column): end of input: \(expectation)")
        }
        switch token.kind {
        case .unquoted: return token.text
        case .quoted:
            guard let text = GoUnquoting.unquoted(token.text) else {
                throw MatcherError("\(token.start):\(token.end): \(token.text): invalid input")
            }
            return text
        default: throw unexpected(token, expectation)
        }
    }

    private func unexpected(_ token: Token, _ expectation: String) -> MatcherError {
        MatcherError("\(token.start):\(token.end): unexpected \(token.text): \(expectation)")
    }

    private var missingCloseBrace: MatcherError {
        MatcherError("0:\(lexer.column): end of input: expected close brace")
    }
}

struct UnicodeMatcherLexer {
    struct Token {
        enum Kind: Equatable {
            case openBrace, closeBrace, comma, quoted, unquoted
            case operation(LabelMatcher.Operation)
        }

        let kind: Kind
        /// As it was written, quotes included.
        let text: String
        /// Counted in characters, as Alertmanager does.
        let start: Int
        let end: Int

        var isText: Bool { kind == .quoted || kind == .unquoted }
    }

    private let scalars: [Unicode.Scalar]
    private(set) var column = 0
    private var peeked: Token?

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    static func isReserved(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || "{}!=~,\\\"'`".unicodeScalars.contains(scalar)
    }

    mutating func peek() throws(MatcherError) -> Token? {
        if peeked == nil { peeked = try scan() }
        return peeked
    }

    mutating func next() throws(MatcherError) -> Token? {
        let token = try peek()
        peeked = nil
        return token
    }

    private mutating func scan() throws(MatcherError) -> Token? {
        while column < scalars.count, scalars[column].properties.isWhitespace { column += 1 }
        guard column < scalars.count else { return nil }
        let start = column
        switch scalars[column] {
        case "{": return token(.openBrace, from: start, length: 1)
        case "}": return token(.closeBrace, from: start, length: 1)
        case ",": return token(.comma, from: start, length: 1)
        case "=":
            let isExpression = scalars.count > start + 1 && scalars[start + 1] == "~"
            return token(.operation(isExpression ? .matches : .equal), from: start, length: isExpression ? 2 : 1)
        case "!":
            guard scalars.count > start + 1 else {
                throw MatcherError("\(start):\(start + 1): unexpected end of input: expected one of '=~'")
            }
            switch scalars[start + 1] {
            case "=": return token(.operation(.notEqual), from: start, length: 2)
            case "~": return token(.operation(.notMatches), from: start, length: 2)
            default: throw MatcherError("\(start):\(start + 2): unexpected \(scalars[start + 1]): expected one of '=~'")
            }
        case "\"": return try quoted(from: start)
        case let scalar where !Self.isReserved(scalar):
            var end = start
            while end < scalars.count, !Self.isReserved(scalars[end]) { end += 1 }
            return token(.unquoted, from: start, length: end - start)
        case let scalar: throw MatcherError("\(start):\(start + 1): \(scalar): invalid input")
        }
    }

    private mutating func quoted(from start: Int) throws(MatcherError) -> Token {
        var end = start + 1
        while end < scalars.count, scalars[end] != "\"" {
            end += scalars[end] == "\\" ? 2 : 1
        }
        guard end < scalars.count else {
            throw MatcherError("\(start):\(scalars.count): \(text(start..<scalars.count)): missing end \"")
        }
        return token(.quoted, from: start, length: end + 1 - start)
    }

    private mutating func token(_ kind: Token.Kind, from start: Int, length: Int) -> Token {
        column = start + length
        return Token(kind: kind, text: text(start..<column), start: start, end: column)
    }

    private func text(_ range: Range<Int>) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[range])
        return text
    }
}
