/// The way to a value in a document: `processors.sampler.percentage`, `receivers[0].name`, `labels["a.b"]`.
public struct YAMLPath: Sendable, Hashable, CustomStringConvertible {
    public enum Step: Sendable, Hashable {
        case key(String)
        case index(Int)
    }

    public let steps: [Step]

    public init(_ steps: [Step]) {
        self.steps = steps
    }

    /// Reads the notation with dots and brackets. Keys that hold either are quoted in brackets: `["a.b"]`.
    public init(_ text: String) throws(YAMLEditError) {
        var reader = Reader(rest: text.utf8[...], text: text)
        steps = try reader.steps()
    }

    public var description: String {
        var text = ""
        for step in steps {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .key(let key) where Self.isBare(key): text += (text.isEmpty ? "" : ".") + key
            case .key(let key):
                text += "[" + ScalarWriter.doubleQuoted(key) + "]"
            }
        }
        return text
    }

    private static func isBare(_ key: String) -> Bool {
        !key.isEmpty && !key.utf8.contains { Reader.delimiters.contains($0) }
    }

    private struct Reader {
        static let delimiters = Array(".[]\"".utf8)

        var rest: Substring.UTF8View
        let text: String

        mutating func steps() throws(YAMLEditError) -> [Step] {
            var steps: [Step] = []
            while let first = rest.first {
                if first == UInt8(ascii: "[") {
                    rest.removeFirst()
                    steps.append(try bracketed())
                } else {
                    if !steps.isEmpty {
                        guard first == UInt8(ascii: ".") else { throw malformed("a '.' or '[' is missing") }
                        rest.removeFirst()
                    }
                    let key = rest.prefix { !Self.delimiters.contains($0) }
                    guard !key.isEmpty else { throw malformed("a key is missing") }
                    rest = rest.dropFirst(key.count)
                    steps.append(.key(String(Substring(key))))
                }
            }
            guard !steps.isEmpty else { throw malformed("it is empty") }
            return steps
        }

        private mutating func bracketed() throws(YAMLEditError) -> Step {
            let step: Step
            if rest.first == UInt8(ascii: "\"") {
                rest.removeFirst()
                var key: [UInt8] = []
                while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
                    guard byte == UInt8(ascii: "\\") else {
                        key.append(byte)
                        continue
                    }
                    guard let escaped = rest.popFirst() else { throw malformed("a quote is not closed") }
                    key.append(escaped)
                }
                step = .key(String(decoding: key, as: UTF8.self))
            } else {
                let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
                guard let index = Int(String(Substring(digits))) else { throw malformed("brackets want a number") }
                rest = rest.dropFirst(digits.count)
                step = .index(index)
            }
            guard rest.popFirst() == UInt8(ascii: "]") else { throw malformed("a ']' is missing") }
            return step
        }

        private func malformed(_ reason: String) -> YAMLEditError {
            YAMLEditError(
                kind: .malformedPath,
                message: "the path \(quoted(text)) cannot be read: \(reason)",
                range: nil
            )
        }
    }
}

/// Why a value was not changed. The file's text is then as it was.
public struct YAMLEditError: Error, Hashable, Sendable {
    public enum Kind: Sendable, Hashable {
        case malformedPath
        /// The file is not YAML that can be read.
        case unreadable
        /// The path leads nowhere.
        case missing
        /// The path leads to a list or a mapping.
        case notScalar
        /// The value stands elsewhere in the file, or is used in other places too.
        case shared
        /// The value cannot be written so that it reads back the same.
        case unwritable
    }

    public let kind: Kind
    public let message: String
    /// The bytes of the file it is about.
    public let range: Range<Int>?
}
