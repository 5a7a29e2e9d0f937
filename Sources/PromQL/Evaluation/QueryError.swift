public import Metrics

/// Why a query has no answer.
public enum QueryError: Error, Hashable, Sendable {
    /// What a duration expression cannot come to.
    public enum DurationProblem: String, Hashable, Sendable {
        case notPositive = "duration must be greater than 0"
        case outOfRange = "duration is out of range"
        case divisionByZero = "division by zero"
        case moduloByZero = "modulo by zero"
    }

    /// The data and the expression do not go together.
    case evaluation(EvaluationProblem)
    case duration(DurationProblem)
    /// Two info series of one moment give a label different values.
    case conflictingInfoLabel(String)
    /// Two info series of the same name, time and target.
    case duplicateInfo(existing: Labels, new: Labels, at: Timestamp)
    /// A range query needs one value per series and step.
    case noRangeQuery(of: ValueType)
    case tooManySamples
    case tooDeep(limit: Int)
    case timedOut
    case cancelled
}

extension QueryError: CustomStringConvertible {
    /// The words, where Prometheus has the same problem exactly as it prints them.
    public var description: String {
        switch self {
        case .evaluation(let problem): return problem.description
        case .duration(let problem): return problem.rawValue
        case .conflictingInfoLabel(let name): return "conflicting label: \(name)"
        case .duplicateInfo(let existing, let new, let time):
            return "found duplicate series for info metric: existing \(existing.plainDescription) @ \(time.rawValue), "
                + "new \(new.plainDescription) @ \(time.rawValue)"
        case .noRangeQuery(let type):
            return "invalid expression type \"\(type.rawValue)\" for range query, must be Scalar or instant Vector"
        case .tooManySamples:
            return "query processing would load too many samples into memory in query execution"
        case .tooDeep(let limit): return "expression is nested more than \(limit) levels deep"
        case .timedOut: return "query timed out in expression evaluation"
        case .cancelled: return "query was canceled in expression evaluation"
        }
    }
}
