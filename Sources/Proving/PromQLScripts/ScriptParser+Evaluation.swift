import Diagnostics
import Metrics
import PromQL
import RegularExpressions

extension ScriptParser {
    mutating func parseEvaluation(
        _ cursor: inout LineCursor,
        verb: String
    ) throws(ScriptProblem) -> PromQLScript.Evaluation {
        var evaluation = try parseEvaluationHead(&cursor)
        switch verb {
        case "eval_fail": evaluation.failure = .anything
        case "eval_warn": evaluation.warnings.required = [.anything]
        case "eval_info": evaluation.infos.required = [.anything]
        case "eval_ordered": evaluation.isOrdered = true
        default: break
        }
        var expectation = ExpectationReader(evaluation, hasOldFailure: verb == "eval_fail")
        while let line = nextBlockLine() {
            do throws(ScriptProblem) {
                if try expectation.read(line) == .blockEnds { break }
            } catch {
                report(error)
            }
        }
        if let warning = expectation.repeatedSeries { report(warning) }
        return try expectation.finish()
    }

    private func parseEvaluationHead(_ cursor: inout LineCursor) throws(ScriptProblem) -> PromQLScript.Evaluation {
        let kind = cursor.word()
        let span: PromQLScript.Span
        switch kind.text {
        case "instant":
            try Self.expect("at", &cursor)
            span = .instant(try Self.moment(cursor.word(), of: "the evaluation time"))
        case "range":
            try Self.expect("from", &cursor)
            span = .range(try PromQLScript.Steps(&cursor))
        default:
            throw ScriptProblem(
                "expected instant or range after eval, found \(Labels.quoted(kind.text))",
                at: kind.range,
                help: "write eval instant at 5m QUERY, or eval range from 0 to 10m step 1m QUERY"
            )
        }
        let query = cursor.rest()
        guard !query.text.isEmpty else { throw ScriptProblem("the query is missing", at: cursor.line.range) }
        return PromQLScript.Evaluation(query: query.text, queryRange: query.range, span: span)
    }

    static func expect(_ word: String, _ cursor: inout LineCursor) throws(ScriptProblem) {
        let found = cursor.word()
        guard found.isExactly(word) else {
            throw ScriptProblem("expected \(word), found \(Labels.quoted(found.text))", at: found.range)
        }
    }
}

extension PromQLScript.Steps {
    /// Reads `A to B step S`.
    init(_ cursor: inout LineCursor) throws(ScriptProblem) {
        let from = cursor.word()
        start = try ScriptParser.moment(from, of: "the start of the range")
        try ScriptParser.expect("to", &cursor)
        let to = cursor.word()
        end = try ScriptParser.moment(to, of: "the end of the range")
        guard start <= end else {
            throw ScriptProblem("the range ends at \(to.text), before it starts at \(from.text)", at: to.range)
        }
        try ScriptParser.expect("step", &cursor)
        let length = cursor.word()
        step = try ScriptParser.duration(length, of: "the step of the range")
        guard step > .zero else { throw ScriptProblem("the step must be longer than zero", at: length.range) }
    }

    /// How many moments there are.
    var count: Int { Int((end - start).rawValue / step.rawValue) + 1 }

    func moment(_ index: Int) -> Timestamp {
        Timestamp(milliseconds: start.rawValue &+ Int64(index) &* step.rawValue)
    }
}
