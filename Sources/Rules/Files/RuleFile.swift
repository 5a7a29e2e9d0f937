public import Diagnostics
public import Metrics
public import PromQL
public import YAML

/// A rule file as it was written, checked and ready to be evaluated.
public struct RuleFile: Sendable {
    public let source: SourceText
    public let groups: [RuleGroup]
}

/// Rules that are evaluated one after the other at the same moment.
public struct RuleGroup: Sendable {
    public let name: Placed<String>
    /// Nil for the configuration's `evaluation_interval`.
    public let interval: Milliseconds?
    /// How far back in time the rules look, for data that arrives late. Nil for the configuration's `rule_query_offset`.
    public let queryOffset: Milliseconds?
    /// The most alerts or series that one rule may yield; zero for any number.
    public let limit: Int
    /// Added to every rule's labels; a rule's own label of the same name wins.
    public let labels: [LabelTemplate]
    /// Whether the group is evaluated as soon as data that it reads arrives, beside its interval.
    public let evaluatesOnChange: Bool
    /// Who answers the expressions instead of this host's own samples: the address of a server that speaks Prometheus's API, or the name
    /// that the configuration gives to one.
    public let datasource: Placed<String>?
    public let rules: [Rule]
    /// The bytes of the whole group.
    public let range: Range<Int>
}

/// One rule: an expression, and what becomes of its result.
public struct Rule: Sendable {
    public enum Kind: Sendable {
        /// Stores the result under a new name.
        case recording(name: Placed<String>)
        /// Makes an alert of each sample of the result.
        case alerting(AlertingRule)
    }

    public let kind: Kind
    public let expression: RuleExpression
    public let labels: [LabelTemplate]
    /// The bytes of the whole rule.
    public let range: Range<Int>

    /// The name of the alert or of the recorded metric.
    public var name: Placed<String> {
        switch kind {
        case .recording(let name): name
        case .alerting(let rule): rule.name
        }
    }
}

/// What only an alerting rule says.
public struct AlertingRule: Sendable {
    public let name: Placed<String>
    public let hold: Placed<Milliseconds>?
    public let keepFiring: Milliseconds
    /// How many evaluations in a row may find nothing without restarting the `for` clock.
    public let toleratedMisses: Int
    /// The alert fires on until this expression is true: a threshold of its own for the end.
    public let clearWhen: RuleExpression?
    public let annotations: [LabelTemplate]
}

/// A PromQL expression in a file.
public struct RuleExpression: Sendable {
    public let text: PlacedText
    public let tree: Expression
}

/// A label or annotation and the text of its value, which is a template in alerting rules and for annotations.
public struct LabelTemplate: Sendable {
    public let name: Placed<String>
    public let text: PlacedText
}
