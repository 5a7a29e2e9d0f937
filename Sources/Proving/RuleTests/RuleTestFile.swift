public import Diagnostics
public import Metrics
public import PromQL
public import YAML

/// A file of unit tests for rules, in the format of Prometheus: what is fed in, and what must come of it.
///
/// Each kind of expectation has a list of its own in a test; further kinds join them there.
public struct RuleTestFile: Sendable {
    public let source: SourceText
    /// The rule files under test as patterns, relative to the folder of this file.
    public let ruleFiles: [Placed<String>]
    /// The playbook files under test, likewise.
    public let playbookFiles: [Placed<String>]
    public let evaluationInterval: Milliseconds
    /// Groups that are evaluated one after the other; the others come where their files put them.
    public let groupOrder: [Placed<String>]
    /// Whether two numbers that are next to each other count as the same.
    public let isFuzzy: Bool
    public let tests: [RuleTest]
}

/// Samples, and what rules and expressions must make of them.
public struct RuleTest: Sendable {
    /// As it was given; empty for a test without a name.
    public let name: String
    /// How the test is called in reports: its name, or its number from zero.
    public let title: String
    /// The time between two samples of a series.
    public let interval: Milliseconds
    /// The moment of the first samples and evaluations; times in the test count from here.
    public let start: Timestamp
    public let series: [InputSeries]
    public let alerts: [AlertExpectation]
    public let expressions: [ExpressionExpectation]
    public let playbooks: PlaybookStage
    public let externalLabels: Labels
    public let externalURL: String
    /// What is wrong with the input; such a test fails without being run.
    public let problems: [Diagnostic]
    /// The bytes of the whole test.
    public let range: Range<Int>
}

/// A series that is fed in, one value an interval.
public struct InputSeries: Sendable {
    public let labels: Labels
    /// `MarkerNaN.absent` where there is no sample.
    public let values: [Double]
    public let range: Range<Int>
}

/// Which alerts of one name fire at a time: exactly these.
public struct AlertExpectation: Sendable {
    public let time: Milliseconds
    public let name: String
    public let alerts: [ToldAlert]
    /// What is wrong with the expectation; it fails without being looked at.
    public let problems: [Diagnostic]
    public let range: Range<Int>
}

/// What an alert tells the world, as far as tests look at it.
public struct ToldAlert: Sendable, Hashable, Comparable {
    public let labels: LabelList
    public let annotations: LabelList

    public init(labels: LabelList, annotations: LabelList) {
        self.labels = labels
        self.annotations = annotations
    }

    public static func < (left: Self, right: Self) -> Bool {
        left.labels == right.labels ? left.annotations < right.annotations : left.labels < right.labels
    }
}

/// What an expression yields at a time: exactly these samples.
public struct ExpressionExpectation: Sendable {
    public let time: Milliseconds
    public let text: PlacedText
    /// Nil where the text is no expression, which `problems` then tells.
    public let tree: Expression?
    public let samples: [ToldSample]
    /// What is wrong with the expectation; it fails without being looked at.
    public let problems: [Diagnostic]
    public let range: Range<Int>
}

/// One sample of an instant vector.
public struct ToldSample: Sendable {
    public let labels: Labels
    public let value: Double

    public init(labels: Labels, value: Double) {
        self.labels = labels
        self.value = value
    }
}
