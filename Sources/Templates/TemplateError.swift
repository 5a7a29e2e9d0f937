public import Diagnostics

/// Why a template cannot be read, or could not be carried out.
public struct TemplateError: Error, Hashable, Sendable {
    public enum Phase: Sendable, Hashable {
        /// The text is no template.
        case parsing
        /// The template met values it cannot work with.
        case executing
        /// A bound of `TemplateLimits` was reached.
        case limit
    }

    public let phase: Phase
    /// What is wrong, in the words of Go's templates where Go has words for it.
    public let message: String
    /// The name of the text it stands in.
    public let name: String
    /// The template within the text that was carried out; its name is the text's for what is outside any `define`.
    public let definition: String
    /// What it is about, as bytes of the text.
    public let range: Range<Int>
    /// Counted from one.
    public let line: Int
    /// In bytes before it on its line, as Go counts.
    public let column: Int
    /// The part of the template that failed, as it is written.
    public let context: String
    /// What to do about it, where that can be told.
    public let help: String?
    // The byte that Go gives as the place, which is not always the first.
    private let markColumn: Int

    init(
        _ phase: Phase,
        _ message: String,
        at range: Range<Int>,
        mark: Int? = nil,
        context: String? = nil,
        help: String? = nil,
        in source: TemplateSource,
        definition: String? = nil
    ) {
        self.phase = phase
        self.message = message
        self.name = source.name
        self.definition = definition ?? source.name
        self.help = help
        let bytes = source.bytes
        let lower = min(range.lowerBound, bytes.count)
        self.range = lower..<min(max(range.upperBound, lower), bytes.count)
        let before = bytes[..<lower]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = lower - lineStart
        markColumn = (mark ?? lower) - lineStart
        self.context = context ?? String(decoding: bytes[self.range], as: UTF8.self)
    }
}

extension TemplateError: CustomStringConvertible {
    /// The error as Go prints it.
    public var description: String { description(columnShift: 0) }

    /// The error as Go prints it where a preamble of so many bytes was put before the text.
    func description(columnShift: Int) -> String {
        switch phase {
        case .parsing: return "template: \(name):\(line): \(message)"
        case .executing, .limit:
            let place = "\(name):\(line):\(line == 1 ? markColumn + columnShift : markColumn)"
            return "template: \(place): executing \(Quoting.quoted(definition)) at <\(context)>: \(message)"
        }
    }
}

extension TemplateError {
    /// The error as a problem of its text, which may be a part of a file.
    public func diagnostic(in source: SourceText) -> Diagnostic {
        let code =
            switch phase {
            case .parsing: "template/parse"
            case .executing: "template/execute"
            case .limit: "template/limit"
            }
        return Diagnostic(.error, code: code, message: message, range: range, help: help, source: source)
    }

    /// `did you mean 'humanize'?`
    static func suggestion(for name: String, among known: some Sequence<String>) -> String? {
        // Comparing long names costs the square of their length.
        guard (3...64).contains(name.utf8.count) else { return nil }
        return nearest(name, in: known.filter { $0.utf8.count <= 96 }).map { "did you mean '\($0)'?" }
    }
}

/// Why a function or a method has no result.
public struct TemplateFailure: Error, Hashable, Sendable {
    public let message: String

    public init(_ message: String) {
        self.message = message
    }
}

/// A text that was read as a template, kept for the places in errors.
final class TemplateSource: Sendable {
    let name: String
    let bytes: [UInt8]

    init(name: String, text: String) {
        self.name = name
        bytes = Array(text.utf8)
    }
}

/// How much a template may ask for. Templates come with rule files and may contain slips such as endless recursion; each bound is far
/// above what a message for people needs.
public struct TemplateLimits: Sendable {
    /// Bytes of the source text.
    public var source = 1 << 20
    /// Parentheses, `if`, `range` and `with` within each other.
    public var nesting = 100
    /// Templates that call templates.
    public var calls = 100
    /// Actions, operands and iterations carried out.
    public var steps = 1_000_000
    /// Bytes of the result, and of each text on the way to it.
    public var output = 1 << 20

    public init() {}
}
