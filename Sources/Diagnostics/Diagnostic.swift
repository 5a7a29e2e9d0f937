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
