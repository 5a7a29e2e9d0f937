import Metrics
import PromQL
import RegularExpressions

/// One evaluation, run in every way that must give the same answer.
struct EvaluationRun {
    let evaluation: PromQLScript.Evaluation
    let engine: Engine

    /// How the first wrong answer differs from the expectation, or nil when all are right.
    func failure() -> EvaluationFailure? {
        let expression: Expression
        do throws(ParseError) {
            expression = try parse(evaluation.query)
        } catch {
            return failure(ofParsing: error)
        }
        let prepared = engine.prepare(expression, text: evaluation.query)
        switch evaluation.span {
        case .range(let steps): return judge(evaluation.query) { () throws(QueryError) in try prepared.range(steps) }
        case .window(let steps): return failureInstant(expression, prepared, at: steps.end)
        case .instant(let time): return failureInstant(expression, prepared, at: time)
        }
    }

    private func failure(ofParsing error: ParseError) -> EvaluationFailure? {
        let full = error.description(in: evaluation.query)
        guard let expected = evaluation.failure else {
            return EvaluationFailure(summary: "the query cannot be parsed: \(full)")
        }
        let messages = [full] + error.problems.map(\.message)
        return messages.contains { expected.accepts($0) } ? nil : wrongError(full, expected: expected)
    }

    private func wrongError(_ message: String, expected: PromQLScript.TextExpectation) -> EvaluationFailure {
        EvaluationFailure(
            summary: "the query fails with another error",
            rows: [.expected(expected.described), .got(message)]
        )
    }

    /// As written, and then pinned to this time and evaluated at others.
    private func failureInstant(
        _ expression: Expression,
        _ prepared: PreparedQuery,
        at time: Timestamp
    ) -> EvaluationFailure? {
        if let failure = failureOnceAndInRange(prepared, evaluation.query, at: time) { return failure }
        guard let pinned = expression.pinned(at: .timestamp(time)) else { return nil }
        let query = pinned.description
        let again: Expression
        do throws(ParseError) {
            again = try parse(query)
        } catch {
            return EvaluationFailure(
                way: .pinned(query: query, at: time),
                summary: "the printed query cannot be parsed: \(error.description(in: query))"
            )
        }
        let preparedAgain = engine.prepare(again, text: query)
        for other in Self.otherTimes(than: time) {
            if var failure = failureOnceAndInRange(preparedAgain, query, at: other) {
                if case .asWritten = failure.way { failure.way = .pinned(query: query, at: other) }
                return failure
            }
        }
        return nil
    }

    private static func otherTimes(than time: Timestamp) -> [Timestamp] {
        let count = time.rawValue
        if count == 0 { return [-1_000, 0, 1_000].map(Timestamp.init(milliseconds:)) }
        let (tenfold, overflow) = count.multipliedReportingOverflow(by: 10)
        let far = overflow ? Int64.max / 4 : tenfold
        return [-far, 0, count / 5, count, far].map(Timestamp.init(milliseconds:))
    }

    private func failureOnceAndInRange(
        _ prepared: PreparedQuery,
        _ query: String,
        at time: Timestamp
    ) -> EvaluationFailure? {
        if let failure = judge(query, { () throws(QueryError) in try prepared.instant(at: time) }) { return failure }
        guard evaluation.failure == nil, isComparableInRange(query) else { return nil }
        var failure = failureInRange(prepared, at: time)
        failure?.way = .middleOfRange(query: query, at: time)
        return failure
    }

    /// Ranges are always in the order of labels, have no strings and no windows, and give `start()` another meaning.
    private func isComparableInRange(_ query: String) -> Bool {
        if evaluation.isOrdered { return false }
        if case .window = evaluation.span { return false }
        if case .string = evaluation.result { return false }
        return !["start()", "end()", "range()", "step()"].contains { query.contains($0) }
    }

    private func failureInRange(_ prepared: PreparedQuery, at time: Timestamp) -> EvaluationFailure? {
        let steps = PromQLScript.Steps(start: time - .minutes(1), end: time + .minutes(1), step: .minutes(1))
        let result: QueryResult
        do throws(QueryError) {
            result = try prepared.range(steps)
        } catch {
            return EvaluationFailure(summary: "the query fails: \(error.description)")
        }
        guard case .matrix(let series) = result.value else {
            return EvaluationFailure(summary: "a range query gave no range vector")
        }
        if let failure = ResultComparison.failureOfOrder(series) { return failure }
        let middle = series.compactMap { series in
            series.samples.first { $0.timestamp == time }.map { (labels: series.labels, value: $0.value.number) }
        }
        return ResultComparison(evaluation: evaluation).failure(ofMiddle: middle)
    }

    /// Runs the query and compares its answer, its annotations or its error.
    private func judge(_ query: String, _ run: () throws(QueryError) -> QueryResult) -> EvaluationFailure? {
        let result: QueryResult
        do throws(QueryError) {
            result = try run()
        } catch {
            guard let expected = evaluation.failure else {
                return EvaluationFailure(summary: "the query fails: \(error.description)")
            }
            return expected.accepts(error.description) ? nil : wrongError(error.description, expected: expected)
        }
        if let expected = evaluation.failure {
            return EvaluationFailure(
                summary: "the query should fail, but it answers",
                rows: [.expected(expected.described)] + ResultComparison.rows(of: result.value)
            )
        }
        let comparison = ResultComparison(evaluation: evaluation)
        return comparison.failure(of: result.value) ?? comparison.failure(of: result.annotations, in: query)
    }
}

extension PreparedQuery {
    fileprivate func range(_ steps: PromQLScript.Steps) throws(QueryError) -> QueryResult {
        try range(start: steps.start, end: steps.end, step: steps.step)
    }
}

extension PromQLScript.TextExpectation {
    /// The expectation in words.
    var described: String {
        switch self {
        case .anything: "any message"
        case .exactly(let text): text
        case .matching(let pattern): "a message that matches \(pattern.source)"
        }
    }
}
