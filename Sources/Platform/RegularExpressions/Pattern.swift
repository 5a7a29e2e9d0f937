internal import CRE2

/// Why a regular expression cannot be compiled, in RE2's words.
public struct PatternError: Error, Hashable, Sendable {
    public let pattern: String
    public let reason: String
}

/// A regular expression in RE2's syntax, matched in linear time whatever the input.
///
/// Compiled once and shared: a pattern never changes after it is made.
@safe public final class Pattern: Sendable {
    /// Where a match and its groups lie, in bytes of the text that was searched.
    public struct Match: Sendable {
        /// The range of the whole match.
        public let range: Range<Int>
        /// The range of each capturing group, from the first; nil where a group took no part.
        public let groups: [Range<Int>?]
    }

    /// The source text, as it was given.
    public let source: String
    /// How many capturing groups the expression has.
    public let groupCount: Int
    /// The names of the groups, from the first; nil for a group without a name.
    public let groupNames: [String?]

    // RE2 objects are immutable after construction and documented as safe to share between threads.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Compiles `source`. An anchored pattern matches only a text that it covers from end to end.
    public init(_ source: String, anchored: Bool, dotMatchesNewline: Bool = false) throws(PatternError) {
        var source = source
        var reason = [CChar](repeating: 0, count: 256)
        // The buffers outlive the call, and RE2 copies what it keeps.
        let compiled = source.withUTF8 { text in
            unsafe reason.withUnsafeMutableBufferPointer { reason in
                unsafe text.withMemoryRebound(to: CChar.self) { text in
                    unsafe cre2_compile(
                        text.baseAddress,
                        text.count,
                        anchored,
                        dotMatchesNewline,
                        reason.baseAddress,
                        reason.count
                    )
                }
            }
        }
        guard let compiled = unsafe compiled else {
            throw PatternError(pattern: source, reason: Self.text(of: reason))
        }
        unsafe handle = compiled
        self.source = source
        let count = unsafe Int(cre2_group_count(compiled))
        groupCount = count
        groupNames = (0..<count).map { index in
            unsafe cre2_group_name(compiled, Int32(index + 1)).map { unsafe String(cString: $0) }
        }
    }

    /// The text up to the NUL. One that fills the buffer was cut there, perhaps within a character.
    private static func text(of reason: [CChar]) -> String {
        let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let text = String(decoding: bytes, as: UTF8.self)
        guard bytes.count == reason.count - 1 else { return text }
        return (text.last == "\u{FFFD}" ? String(text.dropLast()) : text) + "..."
    }

    deinit {
        unsafe cre2_free(handle)
    }

    /// Whether the text matches: as a whole when anchored, else anywhere in it.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { unsafe matches($0) }
    }

    /// Whether the bytes match: as a whole when anchored, else anywhere in them.
    public func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        unsafe bytes.withMemoryRebound(to: CChar.self) { unsafe cre2_matches(handle, $0.baseAddress, $0.count) }
    }

    /// The first match at or after the byte offset `start`, with its groups.
    public func firstMatch(in text: String, from start: Int = 0) -> Match? {
        var text = text
        var spans = [Int](repeating: -1, count: 2 * (groupCount + 1))
        let found = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                guard start <= bytes.count else { return false }
                return unsafe cre2_find(handle, bytes.baseAddress, bytes.count, start, &spans, Int32(groupCount + 1))
            }
        }
        guard found else { return nil }
        let ranges = (0...groupCount).map { spans[2 * $0] < 0 ? nil : spans[2 * $0]..<spans[2 * $0 + 1] }
        return Match(range: ranges[0] ?? start..<start, groups: Array(ranges.dropFirst()))
    }
}
