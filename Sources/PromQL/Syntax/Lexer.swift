/// Cuts a query into tokens, one at a time. What a character means depends on the brackets it stands in.
struct Lexer {
    let bytes: [UInt8]
    var position = 0
    /// Why the last token is a `.failure`.
    private(set) var failureMessage = ""
    /// Whether it is one because it closes a parenthesis that was never opened.
    private(set) var endedAtParenthesis = false

    private var parenthesisDepth = 0
    private var isBraceOpen = false
    private var isBracketOpen = false
    // Within brackets: whether no number has come yet, and whether a colon has.
    private var awaitsDuration = false
    private var hasColon = false

    init(_ bytes: [UInt8], from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    mutating func next() -> Token {
        skipBlanks(andComments: !(isBracketOpen && awaitsDuration))
        let start = position
        if isBraceOpen { return braceToken(from: start) }
        if isBracketOpen && awaitsDuration { return durationToken(from: start) }
        return statementToken(from: start)
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    // MARK: Reading

    func peek(_ ahead: Int = 0) -> UInt8? {
        position + ahead < bytes.count ? bytes[position + ahead] : nil
    }

    mutating func accept(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func accept(where condition: (UInt8) -> Bool) -> Bool {
        guard let byte = peek(), condition(byte) else { return false }
        position += 1
        return true
    }

    /// The character at `place`, whole.
    func scalar(at place: Int) -> Unicode.Scalar? {
        guard place < bytes.count else { return nil }
        return String(decoding: bytes[place..<Swift.min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
    }

    func token(_ kind: Token.Kind, from start: Int) -> Token {
        Token(kind: kind, range: start..<position)
    }

    /// Ends the text here: the token after this one is never asked for.
    mutating func failure(_ message: String, from start: Int) -> Token {
        failureMessage = message
        return Token(kind: .failure, range: start..<Swift.min(Swift.max(position, start), bytes.count))
    }

    /// The failure for a character that cannot stand here.
    mutating func unexpectedCharacter(_ message: String, suffix: String = "", from start: Int) -> Token {
        guard let scalar = scalar(at: start) else { return failure(message, from: start) }
        position = start + UTF8.width(scalar)
        return failure("\(message): \(Quoting.character(scalar))\(suffix)", from: start)
    }

    private mutating func skipBlanks(andComments: Bool) {
        while let byte = peek() {
            if byte.isBlank {
                position += 1
            } else if byte == UInt8(ascii: "#") && andComments {
                while let byte = peek(), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
                    position += 1
                }
            } else {
                return
            }
        }
    }
}

// MARK: Outside of braces

extension Lexer {
    private mutating func statementToken(from start: Int) -> Token {
        guard let byte = peek() else { return end(at: start) }
        position += 1
        switch byte {
        case UInt8(ascii: ","): return token(.comma, from: start)
        case UInt8(ascii: "@"): return token(.at, from: start)
        case UInt8(ascii: "="), UInt8(ascii: "!"): return equality(from: start)
        case UInt8(ascii: "<"), UInt8(ascii: ">"): return comparison(from: start)
        case UInt8(ascii: "("), UInt8(ascii: ")"): return parenthesis(from: start)
        case UInt8(ascii: "["), UInt8(ascii: "]"): return bracket(from: start)
        case UInt8(ascii: "{"):
            isBraceOpen = true
            return token(.leftBrace, from: start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return quotedText(delimiter: byte, from: start)
        case UInt8(ascii: ":") where isBracketOpen: return colon(from: start)
        default: break
        }
        if let operation = Self.arithmetic(byte) { return token(.operation(operation), from: start) }
        position = start
        if byte.isDigit || byte == UInt8(ascii: ".") && (peek(1)?.isDigit ?? false) {
            return numberOrDuration(from: start)
        }
        if byte.isLetter || byte == UInt8(ascii: ":") {
            return isBracketOpen
                ? durationWord(from: start, else: "unexpected character", suffix: ", expected ':'")
                : word(from: start)
        }
        return unexpectedCharacter("unexpected character", from: start)
    }

    private mutating func end(at start: Int) -> Token {
        if parenthesisDepth > 0 { return failure("unclosed left parenthesis", from: start) }
        if isBracketOpen { return failure("unclosed left bracket", from: start) }
        return token(.end, from: start)
    }

    private static func arithmetic(_ byte: UInt8) -> BinaryOperator? {
        switch byte {
        case UInt8(ascii: "+"): .add
        case UInt8(ascii: "-"): .subtract
        case UInt8(ascii: "*"): .multiply
        case UInt8(ascii: "/"): .divide
        case UInt8(ascii: "%"): .remainder
        case UInt8(ascii: "^"): .power
        default: nil
        }
    }

    private mutating func equality(from start: Int) -> Token {
        if accept(UInt8(ascii: "=")) {
            return token(.operation(bytes[start] == UInt8(ascii: "=") ? .equal : .notEqual), from: start)
        }
        let sign = bytes[start] == UInt8(ascii: "=") ? "=" : "!"
        if sign == "=" && peek() != UInt8(ascii: "~") { return token(.assign, from: start) }
        let following = scalar(at: position)
        let found = following.map(Quoting.character) ?? "end of input"
        position += following.map(UTF8.width) ?? 0
        return failure("unexpected character after '\(sign)': \(found)", from: start)
    }

    private mutating func comparison(from start: Int) -> Token {
        let isLess = bytes[start] == UInt8(ascii: "<")
        if accept(UInt8(ascii: "=")) {
            return token(.operation(isLess ? .lessOrEqual : .greaterOrEqual), from: start)
        }
        if accept(UInt8(ascii: "/")) {
            return token(.operation(isLess ? .trimUpper : .trimLower), from: start)
        }
        return token(.operation(isLess ? .less : .greater), from: start)
    }

    private mutating func parenthesis(from start: Int) -> Token {
        if bytes[start] == UInt8(ascii: "(") {
            parenthesisDepth += 1
            return token(.leftParenthesis, from: start)
        }
        parenthesisDepth -= 1
        endedAtParenthesis = parenthesisDepth < 0
        if endedAtParenthesis { return failure("unexpected right parenthesis ')'", from: start) }
        return token(.rightParenthesis, from: start)
    }

    private mutating func bracket(from start: Int) -> Token {
        if bytes[start] == UInt8(ascii: "[") {
            if isBracketOpen { return failure("unexpected left bracket '['", from: start) }
            isBracketOpen = true
            awaitsDuration = true
            hasColon = false
            return token(.leftBracket, from: start)
        }
        if !isBracketOpen { return failure("unexpected right bracket ']'", from: start) }
        isBracketOpen = false
        return token(.rightBracket, from: start)
    }

    private mutating func colon(from start: Int) -> Token {
        if hasColon { return failure("unexpected colon ':'", from: start) }
        hasColon = true
        return token(.colon, from: start)
    }

    private mutating func word(from start: Int) -> Token {
        var hasColon = false
        while let byte = peek(), byte.isWordPart || byte == UInt8(ascii: ":") {
            hasColon = hasColon || byte == UInt8(ascii: ":")
            position += 1
        }
        guard let kind = Token.Kind.words[text(start..<position).lowercased()] else {
            return token(hasColon ? .metricIdentifier : .identifier, from: start)
        }
        if case .keyword(.fill) = kind, !isFollowedByParenthesis { return token(.identifier, from: start) }
        if case .keyword(.fillLeft) = kind, !isFollowedByParenthesis { return token(.identifier, from: start) }
        if case .keyword(.fillRight) = kind, !isFollowedByParenthesis { return token(.identifier, from: start) }
        return token(kind, from: start)
    }

    /// Metrics named `fill` are older than the modifier: it is one only before a parenthesis.
    private var isFollowedByParenthesis: Bool {
        bytes[position...].first { !$0.isBlank } == UInt8(ascii: "(")
    }
}

// MARK: Within brackets

extension Lexer {
    /// A token behind `[`, before the first number has come.
    private mutating func durationToken(from start: Int) -> Token {
        guard let byte = peek() else { return failure("unexpected end of input in duration expression", from: start) }
        position += 1
        switch byte {
        case UInt8(ascii: "]"): return bracket(from: start)
        case UInt8(ascii: ":"): return failure("unexpected colon before duration in duration expression", from: start)
        case UInt8(ascii: "("), UInt8(ascii: ")"): return parenthesis(from: start)
        case UInt8(ascii: ","): return token(.comma, from: start)
        default: break
        }
        if let operation = Self.arithmetic(byte) { return token(.operation(operation), from: start) }
        position = start
        if byte.isDigit || byte == UInt8(ascii: ".") && (peek(1)?.isDigit ?? false) {
            awaitsDuration = false
            return numberOrDuration(from: start)
        }
        return durationWord(from: start, else: "unexpected character in duration expression")
    }

    /// `step`, `range`, `min_of` or `max_of`: the only words that may stand in a duration. `min` and `max` were the
    /// names of the last two in earlier versions.
    private mutating func durationWord(from start: Int, else message: String, suffix: String = "") -> Token {
        var place = start
        while place < bytes.count, bytes[place].isWordPart {
            place += 1
        }
        let keyword: Keyword
        switch text(start..<place).lowercased() {
        case "step": keyword = .step
        case "range": keyword = .range
        case "min_of", "min": keyword = .minOf
        case "max_of", "max": keyword = .maxOf
        default: return unexpectedCharacter(message, suffix: suffix, from: start)
        }
        position = place
        // A window of `step()` needs no number before the colon of a subquery.
        awaitsDuration = false
        return token(.keyword(keyword), from: start)
    }
}

// MARK: Within braces

extension Lexer {
    private mutating func braceToken(from start: Int) -> Token {
        guard let byte = peek() else { return failure("unexpected end of input inside braces", from: start) }
        position += 1
        switch byte {
        case UInt8(ascii: ","): return token(.comma, from: start)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"):
            return quotedText(delimiter: byte, from: start)
        case UInt8(ascii: "="): return token(accept(UInt8(ascii: "~")) ? .matches : .assign, from: start)
        case UInt8(ascii: "!"): return negatedMatch(from: start)
        case UInt8(ascii: "{"): return failure("unexpected left brace '{'", from: start)
        case UInt8(ascii: "}"):
            isBraceOpen = false
            return token(.rightBrace, from: start)
        case _ where byte.isLetter:
            while accept(where: \.isWordPart) {}
            return token(.identifier, from: start)
        default: return unexpectedCharacter("unexpected character inside braces", from: start)
        }
    }

    private mutating func negatedMatch(from start: Int) -> Token {
        if accept(UInt8(ascii: "~")) { return token(.notMatches, from: start) }
        if accept(UInt8(ascii: "=")) { return token(.operation(.notEqual), from: start) }
        let following = scalar(at: position)
        let found = following.map(Quoting.character) ?? "end of input"
        position += following.map(UTF8.width) ?? 0
        return failure("unexpected character after '!' inside braces: \(found)", from: start)
    }
}

extension UInt8 {
    var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") || self == UInt8(ascii: "\n")
            || self == UInt8(ascii: "\r")
    }

    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    /// A letter as the names of PromQL have them: ASCII, or an underscore.
    var isLetter: Bool {
        let lower = self | 0x20
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z") || self == UInt8(ascii: "_")
    }

    var isWordPart: Bool { isLetter || isDigit }

    var hexadecimalValue: UInt32? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
