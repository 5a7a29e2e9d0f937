import Metrics
import PromQL

/// One rule at work.
protocol RuleEvaluating: AnyObject {
    func evaluate(rule: Int, terms: EvaluationTerms) -> RuleEvaluation
    /// Ends the series that the rule has written.
    func close(at time: Timestamp)
}

/// What an evaluation of a group tells each of its rules.
struct EvaluationTerms {
    /// The moment the evaluation is for: what alerts and templates count from.
    let now: Timestamp
    /// The moment whose samples are read, and at which results are stored: earlier by the group's `query_offset`.
    let queryTime: Timestamp
    /// The most alerts or series a rule may yield; zero for any number.
    let limit: Int
    /// What was answered elsewhere; nothing for a group that is evaluated over the store.
    let answers: ForeignAnswers
}

/// An expression of a rule at work.
enum RuleQuery {
    case here(PreparedQuery)
    /// Somebody else answers it, and the answer comes with the terms of each evaluation.
    case elsewhere(String)

    func vector(_ terms: EvaluationTerms) throws(RuleProblem) -> RuleVector {
        switch self {
        case .here(let query): try query.vector(at: terms.queryTime)
        case .elsewhere(let text): try terms.answers[text].get()
        }
    }
}

/// What the expression of a rule returned.
struct RuleVector {
    var elements: [VectorElement]
    var annotations: [Annotation] = []
    /// What somebody else had to say about it.
    var remarks: [String] = []
}

extension PreparedQuery {
    /// The result as a vector; a number becomes one sample without labels, as in Prometheus.
    func vector(at time: Timestamp) throws(RuleProblem) -> RuleVector {
        let result: QueryResult
        do throws(QueryError) {
            result = try instant(at: time)
        } catch {
            throw .query(error)
        }
        switch result.value {
        case .vector(let elements): return RuleVector(elements: elements, annotations: result.annotations)
        case .scalar(let value):
            let element = VectorElement(labels: .empty, timestamp: time, value: .float(value))
            return RuleVector(elements: [element], annotations: result.annotations)
        case .matrix, .string: throw .notAVector
        }
    }
}
