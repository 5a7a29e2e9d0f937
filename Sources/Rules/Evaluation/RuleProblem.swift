public import Metrics
public import PromQL
public import Storage

/// Why an evaluation of a rule failed. It fails alone: the group goes on, and alerts stay as they were.
public enum RuleProblem: Error, Hashable, Sendable {
    case query(QueryError)
    /// Whoever answers the group's expressions did not, and why.
    case datasource(String)
    /// The expression yields ranges or a text.
    case notAVector
    /// Two series became one when the rule's labels were applied.
    case duplicate(Labels, isAlert: Bool)
    case limitExceeded(limit: Int, count: Int, isAlert: Bool)
    /// The result could not be stored.
    case storage(StorageRefusal)
}

extension RuleProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .query(let error): "\(error)"
        case .datasource(let reason): "the datasource does not answer: \(reason)"
        case .notAVector: "rule result is not a vector or scalar"
        case .duplicate(let labels, let isAlert):
            "vector contains metrics with the same labelset after applying \(isAlert ? "alert" : "rule") labels: \(labels)"
        case .limitExceeded(let limit, let count, let isAlert):
            "exceeded limit of \(limit) with \(count) \(isAlert ? "alerts" : "series")"
        case .storage(let refusal): "the result cannot be stored: \(refusal)"
        }
    }
}
