public import Diagnostics
public import Metrics
public import YAML

/// A checked playbook: when it starts, what bounds it, what it does, and how its success is measured.
public struct Playbook: Sendable {
    public let name: Placed<String>
    public let summary: String
    /// Any of them starts it. Empty: only an operator or another playbook does.
    public let when: [Trigger]
    public let mode: Mode
    /// The labels that name the patient; nil: all labels of the alert.
    public let subject: [Placed<String>]?
    /// In the order written; each may use the former ones.
    public let variables: [Variable]
    public let guards: Guards
    /// The ladder: one rung for `steps`, several for `try`. A rung is taken when verification of the last failed.
    public let rungs: [[Step]]
    public let verification: Verification
    public let onUnhealed: [Step]
    public let onResolved: [Step]
    public let page: Page
    /// Later playbooks may take the subject after this one ends unhealed.
    public let continues: Bool
    /// It may touch what medic otherwise protects: itself, init, the bus, sshd.
    public let touchesProtected: Bool
    /// Alerts that came in by a webhook may start it.
    public let acceptsWebhooks: Bool
    /// Where it stands in its file.
    public let range: Range<Int>
    public let source: SourceText

    /// Every step there is, of all rungs and of what follows.
    public var allSteps: [Step] { rungs.flatMap { $0 } + onUnhealed + onResolved }
}

extension Playbook {
    /// How far a playbook may go by itself; in rising order.
    public enum Mode: String, Sendable, Hashable, Comparable, CaseIterable {
        case off
        case observe
        case approve
        case auto

        public static func < (left: Mode, right: Mode) -> Bool {
            guard let lower = allCases.firstIndex(of: left), let higher = allCases.firstIndex(of: right) else {
                return false
            }
            return lower < higher
        }
    }

    /// An alert that starts the playbook.
    public struct Trigger: Sendable {
        /// All of them must hold.
        public let matchers: [LabelMatcher]
        /// How long it must have been firing, beyond its rule's own `for`.
        public let firingFor: Milliseconds
        public let range: Range<Int>

        public func matches(_ labels: Labels) -> Bool { matchers.allSatisfy { $0.matches(labels) } }
    }

    public struct Variable: Sendable {
        public let name: Placed<String>
        public let template: PlaybookTemplate
    }

    /// How success is measured.
    public struct Verification: Sendable {
        public let every: Milliseconds
        /// So many times in a row.
        public let healthy: Int
        public let within: Milliseconds
        /// So many measurements in a row may fail before the outcome is inconclusive.
        public let inconclusive: Int
        /// Must return something where the patient is well; nil: the alert's own expression must return nothing.
        public let expression: ExpressionTemplate?
        public let range: Range<Int>
    }

    /// What becomes of the alert's notifications.
    public struct Page: Sendable {
        public enum Occasion: String, Sendable, Hashable, CaseIterable {
            case unhealed, inconclusive, blocked, recurrence, healed, refused, expired, interrupted
        }

        /// How long they are kept back while the run has a chance.
        public let hold: Placed<Milliseconds>
        public let occasions: Set<Occasion>
        /// nil: the alert's own route.
        public let receiver: Placed<String>?
    }
}
