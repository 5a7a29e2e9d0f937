public import Metrics
public import YAML

/// One line of a playbook: what is done, and how long it is tried.
public struct Step: Sendable {
    public enum OnError: String, Sendable, Hashable, CaseIterable {
        case stop
        case `continue`
    }

    /// Exponential with full jitter after the cap.
    public struct Retry: Sendable, Hashable {
        /// The first one included.
        public let attempts: Int
        public let backoff: ClosedRange<Milliseconds>
    }

    public enum Condition: Sendable {
        /// Holds when the template renders to something else than nothing, `false` and `0`.
        case template(PlaybookTemplate)
        /// Holds when the expression returns something.
        case expression(ExpressionTemplate)
    }

    /// For people; where nothing is given, the action's name.
    public let name: String
    public let action: Placed<String>
    public let arguments: ArgumentTemplate
    /// nil: a minute more than the action takes by its arguments.
    public let timeout: Placed<Milliseconds>?
    public let retry: Retry?
    public let onError: OnError
    public let condition: Condition?
    /// The change is undone by itself unless the run is healed within this time.
    public let confirmWithin: Placed<Milliseconds>?
    /// The author's word that the step may be done twice; nil: what the action says.
    public let isRepeatable: Bool?
    public let range: Range<Int>

    /// The timeout of a step that says none and whose action takes no time by its arguments.
    public static let standardTimeout = Milliseconds.minutes(1)
}

/// Arguments as they were written: templates in the places of values.
public indirect enum ArgumentTemplate: Sendable {
    case text(PlaybookTemplate)
    case list([ArgumentTemplate], range: Range<Int>)
    case record([Member], range: Range<Int>)

    public struct Member: Sendable {
        public let name: Placed<String>
        public let value: ArgumentTemplate
    }

    /// What a caret is drawn under.
    public var range: Range<Int> {
        switch self {
        case .text(let template): template.text.range
        case .list(_, let range), .record(_, let range): range
        }
    }
}
