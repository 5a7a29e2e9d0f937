public import Diagnostics
public import Metrics
public import PromQL
public import YAML

/// A checked playbook: when it starts, what bounds it, what it does, and how its success is measured.
public struct Playbook: Sendable {
    public let name: Placed<String>
    public let summary: String
    /// Any of them starts it. Empty: only an operator or another playbook does.
    public let when: [Trigger]
    public let mode: Mode
    /// The labels that name the patient; nil: all labels of the alert.
    public let subject: [String]?
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
        public let matchers: [LabelMatcher]
        /// How long it must have been firing, beyond its rule's own `for`.
        public let firingFor: Milliseconds
    }

    public struct Variable: Sendable {
        public let name: String
        public let template: PlacedText
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
        public let expression: Expression?
        public let expressionText: PlacedText?
    }

    /// What becomes of the alert's notifications.
    public struct Page: Sendable {
        public enum Occasion: String, Sendable, Hashable, CaseIterable {
            case unhealed, inconclusive, blocked, recurrence, healed, refused, expired, interrupted
        }

        /// How long they are kept back while the run has a chance.
        public let hold: Milliseconds
        public let occasions: Set<Occasion>
        /// nil: the alert's own route.
        public let receiver: Placed<String>?
    }
}

/// One line of a playbook: what is done, and how long it is tried.
public struct Step: Sendable {
    public enum OnError: String, Sendable, Hashable, CaseIterable {
        case stop
        case `continue`
    }

    /// Exponential with full jitter after the cap.
    public struct Retry: Sendable, Hashable {
        public let attempts: Int
        public let backoff: ClosedRange<Milliseconds>
    }

    public enum Condition: Sendable {
        /// Holds when the template renders to something else than nothing, `false` and `0`.
        case template(PlacedText)
        /// Holds when the expression returns something.
        case expression(Expression, PlacedText)
    }

    /// For people; where nothing is given, the action's name.
    public let name: String
    public let action: Placed<String>
    public let arguments: ArgumentTemplate
    public let timeout: Milliseconds
    public let retry: Retry?
    public let onError: OnError
    public let condition: Condition?
    /// The change is undone by itself unless the run is healed within this time.
    public let confirmWithin: Milliseconds?
    /// The author's word that the step may be done twice; nil: what the action says.
    public let isRepeatable: Bool?
    public let range: Range<Int>
}

/// Arguments as they were written: templates in the places of values.
public indirect enum ArgumentTemplate: Sendable {
    case text(PlacedText)
    case list([ArgumentTemplate], range: Range<Int>)
    case record([Member], range: Range<Int>)

    public struct Member: Sendable {
        public let name: Placed<String>
        public let value: ArgumentTemplate
    }
}

/// What may forbid a run. Where a playbook says nothing, the defaults of `Guards.standard` hold.
public struct Guards: Sendable {
    public struct Limit: Sendable, Hashable {
        public let runs: Int
        public let within: Milliseconds
    }

    public struct Breaker: Sendable, Hashable {
        public let unhealed: Int
        public let open: Milliseconds
        public let max: Milliseconds
        public let minHealthy: Milliseconds
    }

    public struct Fleet: Sendable, Hashable {
        public enum Budget: Sendable, Hashable {
            case count(Int)
            case percent(Int)
        }
        public enum Store: String, Sendable, Hashable, CaseIterable {
            case required
            case preferred
        }

        public let group: String
        public let maxConcurrent: Budget
        public let maxUnhealthy: Budget
        public let store: Store
    }

    public let cooldown: Milliseconds
    public let limit: Limit
    public let playbookLimit: Limit
    public let breaker: Breaker
    public let minUptime: Milliseconds
    /// Every one must return something.
    public let require: [RequiredExpression]
    /// Names of time intervals: in one of `only`, where any is given, and in none of `except`.
    public let only: [Placed<String>]
    public let except: [Placed<String>]
    /// Templates of lock names.
    public let locks: [PlacedText]
    public let lockWait: Milliseconds
    public let fleet: Fleet?
    public let maxSubjects: Int
    /// Heals of one subject in a week beyond which a human is told although each worked.
    public let weeklyHeals: Int

    public struct RequiredExpression: Sendable {
        public let tree: Expression
        public let text: PlacedText
    }
}
