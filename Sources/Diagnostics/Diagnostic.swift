/// One thing that is wrong, or could be better, in a text that somebody wrote. Facts only; renderers find the words' form.
public struct Diagnostic: Sendable, Hashable {
    public enum Severity: String, Sendable, Hashable {
        case error
        case warning
        case information
    }

    public let severity: Severity
    /// A stable name for this kind of problem, such as `promql/parse`: for documentation, tests and machines.
    public let code: String
    /// What is wrong and what was expected, without place and without a full stop.
    public let message: String
    /// What it is about, as bytes of the source.
    public let range: Range<Int>
    /// What to do about it, drawn under the caret: `did you mean 'for'?`
    public let help: String?
    public let source: SourceText

    public init(
        _ severity: Severity,
        code: String,
        message: String,
        range: Range<Int>,
        help: String? = nil,
        source: SourceText
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.range = range
        self.help = help
        self.source = source
    }
}

extension Diagnostic {
    /// Where it begins.
    public var start: SourcePlace { source.place(of: range.lowerBound) }

    /// The first place behind it.
    public var end: SourcePlace { source.place(of: max(range.lowerBound, range.upperBound)) }

    /// What kind of thing it is, as it stands before the message.
    var title: String {
        switch severity {
        case .error: code.hasSuffix("/parse") ? "parse error" : "error"
        case .warning: "warning"
        case .information: "info"
        }
    }
}

extension Sequence<Diagnostic> {
    /// Sorted by place within each file; the files in the order in which they first appear.
    public func inFileOrder() -> [Diagnostic] {
        var order: [String?: Int] = [:]
        let numbered = enumerated().map { index, diagnostic in
            let file = order[diagnostic.source.name] ?? order.count
            order[diagnostic.source.name] = file
            return (key: (file, diagnostic.range.lowerBound, index), diagnostic: diagnostic)
        }
        return numbered.sorted { $0.key < $1.key }.map(\.diagnostic)
    }
}
