internal import RegularExpressions

/// `match` and `reReplaceAll`: regular expressions anywhere in a text.
enum Replacing {
    static func matches(_ expression: String, _ text: String) throws(TemplateFailure) -> Bool {
        do throws(PatternError) {
            return try Pattern(expression, anchored: false).matches(text)
        } catch {
            throw TemplateFailure(error.goReason)
        }
    }

    // Half a second's work.
    private static let searchedMax = 1 << 28

    /// Replaces every match, with `$1`, `${1}` and `${name}` standing for groups.
    static func all(
        _ expression: String,
        in text: String,
        by replacement: String,
        limit: Int
    ) throws(TemplateFailure) -> String {
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(expression, anchored: false)
        } catch {
            throw TemplateFailure("regexp: Compile(`\(expression)`): \(error.goReason)")
        }
        let bytes = Array(text.utf8)
        let parts = Expansion.parts(of: replacement, pattern)
        var result: [UInt8] = []
        var (copied, start) = (0, 0)
        // Each search may read to the end, so many of them on a long text take the square of its length.
        var searched = 0
        while start <= bytes.count, let match = pattern.firstMatch(in: text, from: start) {
            searched += bytes.count - start
            guard searched <= searchedMax else { throw TemplateFailure("the text has too many matches for its length") }
            result += bytes[copied..<match.range.lowerBound]
            // An empty match right behind another is no match of its own.
            if match.range.upperBound > copied || match.range.lowerBound == 0 {
                for part in parts { result += part.text(match, bytes) }
            }
            guard result.count <= limit else { throw TemplateFailure("the result is longer than \(limit) bytes") }
            copied = match.range.upperBound
            start = match.range.isEmpty ? next(after: match.range.upperBound, in: bytes) : match.range.upperBound
        }
        return String(decoding: result + bytes[min(copied, bytes.count)...], as: UTF8.self)
    }

    /// The begin of the next character.
    private static func next(after offset: Int, in bytes: [UInt8]) -> Int {
        var offset = offset + 1
        while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
        return offset
    }
}

/// A piece of a replacement.
private enum Expansion {
    case literal([UInt8])
    case group(Int)

    func text(_ match: Pattern.Match, _ bytes: [UInt8]) -> ArraySlice<UInt8> {
        switch self {
        case .literal(let text): return text[...]
        case .group(0): return bytes[match.range]
        case .group(let number):
            guard number <= match.groups.count, let range = match.groups[number - 1] else { return [] }
            return bytes[range]
        }
    }

    static func parts(of replacement: String, _ pattern: Pattern) -> [Expansion] {
        var parts: [Expansion] = []
        var rest = Array(replacement.utf8)[...]
        while let byte = rest.first {
            guard byte == UInt8(ascii: "$") else {
                let text = rest.prefix { $0 != UInt8(ascii: "$") }
                rest = rest.dropFirst(text.count)
                parts.append(.literal(Array(text)))
                continue
            }
            rest.removeFirst()
            if rest.first == UInt8(ascii: "$") {
                rest.removeFirst()
                parts.append(.literal([byte]))
            } else if let name = name(&rest) {
                if let group = group(name, pattern) { parts.append(.group(group)) }
            } else {
                parts.append(.literal([byte]))
            }
        }
        return parts
    }

    /// `name` or `{name}`: as many letters, digits and underscores as there are.
    private static func name(_ rest: inout ArraySlice<UInt8>) -> String? {
        let isBraced = rest.first == UInt8(ascii: "{")
        let text = String(decoding: rest.dropFirst(isBraced ? 1 : 0), as: UTF8.self)
        let name = String(text.prefix { $0 == "_" || $0.unicodeScalars.allSatisfy(\.isLetterOrDigit) })
        guard !name.isEmpty else { return nil }
        let behind = rest.dropFirst((isBraced ? 1 : 0) + name.utf8.count)
        guard !isBraced || behind.first == UInt8(ascii: "}") else { return nil }
        rest = isBraced ? behind.dropFirst() : behind
        return name
    }

    /// The number of a group; nil for one that does not exist, which is replaced by nothing.
    private static func group(_ name: String, _ pattern: Pattern) -> Int? {
        if name.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
            return Int(name).flatMap { $0 <= pattern.groupCount ? $0 : nil }
        }
        return pattern.groupNames.firstIndex { $0.map { $0.utf8.elementsEqual(name.utf8) } ?? false }.map { $0 + 1 }
    }
}
