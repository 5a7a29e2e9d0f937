extension PatternError {
    /// The reason in the words of Go, by whose library the programs of this field read expressions: ``missing closing ): `(` ``.
    public var goReason: String {
        guard let known = Self.wordings.first(where: { reason.hasPrefix($0.re2) }) else {
            return "error parsing regexp: \(reason): `\(pattern)`"
        }
        let part = reason.dropFirst(known.re2.count)
        let culprit = part.hasPrefix(": ") ? String(part.dropFirst(2)) : pattern
        return "error parsing regexp: \(known.go): `\(culprit)`"
    }

    private static let wordings = [
        (re2: "missing ]", go: "missing closing ]"),
        (re2: "missing )", go: "missing closing )"),
        (re2: "unexpected )", go: "unexpected )"),
        (re2: "trailing \\", go: "trailing backslash at end of expression"),
        (re2: "no argument for repetition operator", go: "missing argument to repetition operator"),
        (re2: "invalid repetition size", go: "invalid repeat count"),
        (re2: "bad repetition operator", go: "invalid nested repetition operator"),
        (re2: "invalid perl operator", go: "invalid or unsupported Perl syntax"),
        (re2: "invalid named capture group", go: "invalid named capture"),
        (re2: "invalid character class range", go: "invalid character class range"),
        (re2: "invalid character class", go: "invalid character class"),
        (re2: "invalid escape sequence", go: "invalid escape sequence"),
    ]
}
