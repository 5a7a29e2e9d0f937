public import Metrics
public import PromQL

/// What a group's datasource has answered for one moment, by the texts of the expressions.
public struct ForeignAnswers: Sendable {
    private var answers: [String: Result<RuleVector, RuleProblem>] = [:]

    /// Nothing was asked.
    public init() {}

    /// Notes the answer to one expression. A number becomes one sample without labels, as it does here.
    public mutating func note(
        _ value: QueryValue,
        to expression: String,
        at time: Timestamp,
        remarks: [String] = []
    ) {
        answers[expression] =
            switch value {
            case .vector(let elements): .success(RuleVector(elements: elements, remarks: remarks))
            case .scalar(let number):
                .success(
                    RuleVector(
                        elements: [VectorElement(labels: .empty, timestamp: time, value: .float(number))],
                        remarks: remarks
                    )
                )
            case .matrix, .string: .failure(.notAVector)
            }
    }

    /// Notes that an expression was not answered, and why.
    public mutating func note(failure: String, of expression: String) {
        answers[expression] = .failure(.datasource(failure))
    }

    subscript(expression: String) -> Result<RuleVector, RuleProblem> {
        answers[expression] ?? .failure(.datasource("it was not asked"))
    }
}
