import RegularExpressions

/// A text in which `$1`, `${1}`, `$name` and `${name}` stand for groups of a match, as Go's regular expressions expand it.
///
/// `$name` takes as many letters, digits and underscores as follow, so `$1x` is the group named `1x`. A group that is not there is
/// empty, `$$` is a dollar, and a dollar that begins nothing stands for itself.
struct RelabelTemplate: Sendable {
    enum Piece: Sendable, Hashable {
        case literal(String)
        /// The whole match is 0.
        case group(Int)
    }

    let pieces: [Piece]

    /// Whether every match yields the same text.
    var isLiteral: Bool {
        pieces.allSatisfy { piece in
            if case .literal = piece { true } else { false }
        }
    }

    init(_ text: String, groups: [String?]) {
        var pieces: [Piece] = []
        var literal: [UInt8] = []
        func flush() {
            if !literal.isEmpty { pieces.append(.literal(String(decoding: literal, as: UTF8.self))) }
            literal.removeAll()
        }
        var rest = Substring(text).utf8
        while let byte = rest.first {
            rest = rest.dropFirst()
            guard byte == UInt8(ascii: "$") else {
                literal.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "$") {
                literal.append(byte)
                rest = rest.dropFirst()
            } else if let name = Self.name(at: &rest) {
                flush()
                if let group = Self.group(named: name, among: groups) { pieces.append(.group(group)) }
            } else {
                literal.append(byte)
            }
        }
        flush()
        self.pieces = pieces
    }

    /// The name behind a dollar; nil, and nothing taken, where there is none.
    private static func name(at rest: inout Substring.UTF8View) -> String? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let start = isBraced ? rest.dropFirst() : rest
        // Go takes letters and digits of every script; none of them is a group's name that RE2 accepts, so they end a
        // name only where a name would be unknown anyway.
        let name = Substring(start).unicodeScalars.prefix { scalar in
            scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType == .decimal
        }
        guard !name.isEmpty else { return nil }
        var end = start.dropFirst(name.utf8Count)
        if isBraced {
            guard end.first == UInt8(ascii: "}") else { return nil }
            end = end.dropFirst()
        }
        rest = end
        return String(Substring(name))
    }

    private static func group(named name: String, among groups: [String?]) -> Int? {
        if name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            // A number with a leading zero is a name to Go.
            let isNumber = name.utf8.count == 1 || name.utf8.first != UInt8(ascii: "0")
            guard isNumber, let number = Int(name), number <= groups.count else { return nil }
            return number
        }
        return groups.firstIndex { $0.map { $0.utf8.elementsEqual(name.utf8) } ?? false }.map { $0 + 1 }
    }

    /// The text for a match in `subject`.
    func expanded(_ match: Pattern.Match, in subject: String) -> String {
        var result = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): result += text
            case .group(0): result += Self.text(match.range, of: subject)
            case .group(let number):
                guard number <= match.groups.count, let range = match.groups[number - 1] else { continue }
                result += Self.text(range, of: subject)
            }
        }
        return result
    }

    private static func text(_ range: Range<Int>, of subject: String) -> String {
        String(decoding: subject.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
    }
}

extension Substring.UnicodeScalarView {
    fileprivate var utf8Count: Int { Substring(self).utf8.count }
}
