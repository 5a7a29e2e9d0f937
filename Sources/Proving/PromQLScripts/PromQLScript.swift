public import Diagnostics
public import Metrics
public import RegularExpressions

/// A test script for PromQL: samples to load, queries to run, and what they must answer.
///
/// The language is the one of Prometheus's own test scripts, so that anybody's scripts run here.
public struct PromQLScript: Sendable {
    public let source: SourceText
    public let commands: [Command]
    /// Everything wrong in the file, in file order. A script with errors is not run.
    public let diagnostics: [Diagnostic]

    public enum Command: Sendable {
        /// Throws away all loaded samples.
        case clear
        case load(Load)
        case evaluate(Evaluation)
    }

    /// Reads the whole script; what is wrong with it is in `diagnostics`.
    public init(_ source: SourceText) {
        var parser = ScriptParser(source)
        parser.parse()
        self.source = source
        commands = parser.commands
        diagnostics = parser.problems.sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

extension PromQLScript {
    /// One step of a series as it is written: in a load, or in an expected result.
    public enum Item: Sendable, Hashable {
        case absent
        case float(Double)
        /// A native histogram, as written between `{{` and `}}`.
        case histogram(String)
    }

    /// A series and its values, one a step.
    public struct SeriesLine: Sendable {
        public let labels: Labels
        public let items: [Item]
        /// The bytes of the line in the file.
        public let range: Range<Int>
    }

    /// `load 5m` and the series under it.
    public struct Load: Sendable {
        public let interval: Milliseconds
        /// Whether Prometheus would make native histograms of the classic ones loaded here.
        public let convertsHistograms: Bool
        /// Each series once: a later line of the same series has replaced the earlier one.
        public let series: [SeriesLine]
        public let range: Range<Int>
    }

    /// `eval instant` or `eval range`, and what the query must answer.
    public struct Evaluation: Sendable {
        public let query: String
        /// The bytes of the query in the file.
        public let queryRange: Range<Int>
        public var span: Span
        public var failure: TextExpectation?
        public var warnings = AnnotationExpectation()
        public var infos = AnnotationExpectation()
        public var isOrdered = false
        public var result = Result.series([])
    }

    /// When the query is evaluated.
    public enum Span: Sendable, Hashable {
        case instant(Timestamp)
        case range(Steps)
        /// An instant query at the end of these steps that yields a range vector with samples at each of them.
        case window(Steps)
    }

    /// Moments at equal distances, the end included where a step meets it.
    public struct Steps: Sendable, Hashable {
        public let start: Timestamp
        public let end: Timestamp
        public let step: Milliseconds
    }

    public enum Result: Sendable {
        case series([SeriesLine])
        case scalar(Double)
        case string(String)
    }

    /// What a message must be.
    public enum TextExpectation: Sendable {
        case anything
        case exactly(String)
        case matching(Pattern)

        func accepts(_ message: String) -> Bool {
            switch self {
            case .anything: true
            case .exactly(let text): text.utf8.elementsEqual(message.utf8)
            case .matching(let pattern): pattern.matches(message)
            }
        }
    }

    /// What is said about the annotations of one kind: nothing, that there are none, or which there must be.
    public struct AnnotationExpectation: Sendable {
        public var isForbidden = false
        public var required: [TextExpectation] = []
    }
}

extension PromQLScript.Span: CustomStringConvertible {
    /// As the script writes it.
    public var description: String {
        switch self {
        case .instant(let time): "at \(Self.text(time))"
        case .range(let steps): Self.text(steps)
        case .window(let steps): "over \(Self.text(steps))"
        }
    }

    private static func text(_ steps: PromQLScript.Steps) -> String {
        "from \(text(steps.start)) to \(text(steps.end)) step \(steps.step.promQLText)"
    }

    private static func text(_ time: Timestamp) -> String { time.scriptText }
}

extension Timestamp {
    /// The moment as scripts write it: as the time since the epoch.
    var scriptText: String { (self - .epoch).promQLText }
}
