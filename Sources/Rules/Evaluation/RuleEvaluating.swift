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
}

extension PreparedQuery {
    /// The result as a vector; a number becomes one sample without labels, as in Prometheus.
    func vector(at time: Timestamp) throws(RuleProblem) -> (elements: [VectorElement], annotations: [Annotation]) {
        let result: QueryResult
        do throws(QueryError) {
            result = try instant(at: time)
        } catch {
            throw .query(error)
        }
        switch result.value {
        case .vector(let elements): return (elements, result.annotations)
        case .scalar(let value):
            return ([VectorElement(labels: .empty, timestamp: time, value: .float(value))], result.annotations)
        case .matrix, .string: throw .notAVector
        }
    }
}
