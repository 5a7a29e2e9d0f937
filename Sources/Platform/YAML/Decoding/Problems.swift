public import Diagnostics

/// Collects what is wrong in one file while it is read and decoded, so that all of it can be told at once.
public final class Problems {
    public let source: SourceText
    // Kept, so that a file of thousands of expressions is not copied for each of them.
    private(set) lazy var bytes = Array(source.text.utf8)
    private var found: [Diagnostic] = []
    /// Where values stand that nobody should read: they were decoded by a shape that is `hidden`.
    public private(set) var hiddenRanges: Set<Range<Int>> = []
    /// Whether keys that nobody asks for are passed over in silence, for files that carry things for others too.
    public let toleratesUnknownKeys: Bool
    /// Whether keys that mean something elsewhere and nothing here are warnings: they are told of and passed over.
    public let toleratesUnsupportedKeys: Bool

    public init(in source: SourceText, toleratesUnknownKeys: Bool = false, toleratesUnsupportedKeys: Bool = false) {
        self.source = source
        self.toleratesUnknownKeys = toleratesUnknownKeys
        self.toleratesUnsupportedKeys = toleratesUnsupportedKeys
    }

    /// Everything found, in the order of the file.
    public var diagnostics: [Diagnostic] {
        found.enumerated()
            .sorted { ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset) }
            .map(\.element)
    }

    /// How many there are so far.
    public var count: Int { found.count }

    public var hasErrors: Bool { found.contains { $0.severity == .error } }

    public func add(_ diagnostic: Diagnostic) {
        found.append(diagnostic)
    }

    public func error(_ code: String, _ message: String, at range: Range<Int>, help: String? = nil) {
        add(Diagnostic(.error, code: code, message: message, range: range, help: help, source: source))
    }

    public func warning(_ code: String, _ message: String, at range: Range<Int>, help: String? = nil) {
        add(Diagnostic(.warning, code: code, message: message, range: range, help: help, source: source))
    }

    /// The codes of what is written for another program.
    private static let unsupported = ["yaml/unsupported", "config/unsupported"]

    /// Tells of an error, or of a warning where it is about what is passed over here. Answers whether it is passed over.
    @discardableResult
    public func refuse(_ code: String, _ message: String, at range: Range<Int>, help: String? = nil) -> Bool {
        let isPassedOver = toleratesUnsupportedKeys && Self.unsupported.contains(code)
        add(
            Diagnostic(
                isPassedOver ? .warning : .error,
                code: code,
                message: message,
                range: range,
                help: help,
                source: source
            )
        )
        return isPassedOver
    }

    func hide(_ range: Range<Int>) { hiddenRanges.insert(range) }

    /// Line and column as the operator counts them: `12:5`.
    func place(of offset: Int) -> String {
        let place = source.place(of: offset)
        return "\(place.line):\(place.column)"
    }
}
