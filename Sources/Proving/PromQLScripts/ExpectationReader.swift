import Diagnostics
import Metrics
import PromQL
import RegularExpressions

/// Reads the lines under an `eval`, one after the other.
struct ExpectationReader {
    enum Progress {
        case blockGoesOn
        /// Nothing more belongs to this evaluation.
        case blockEnds
    }

    private var evaluation: PromQLScript.Evaluation
    private let hasOldFailure: Bool
    private var series = SeriesList()
    /// A series that stands twice: the later line counts.
    private(set) var repeatedSeries: ScriptProblem?

    init(_ evaluation: PromQLScript.Evaluation, hasOldFailure: Bool) {
        self.evaluation = evaluation
        self.hasOldFailure = hasOldFailure
    }

    func finish() throws(ScriptProblem) -> PromQLScript.Evaluation {
        var finished = evaluation
        if !series.lines.isEmpty { finished.result = .series(series.lines) }
        if case .window = finished.span { return finished }
        if case .instant = finished.span {
            for line in series.lines where line.items.count != 1 {
                throw ScriptProblem(
                    "an instant query gives one value a series, not \(line.items.count)",
                    at: line.range,
                    help: "for a range vector write a line: expect range vector from A to B step S"
                )
            }
        }
        return finished
    }

    mutating func read(_ line: ScriptLine) throws(ScriptProblem) -> Progress {
        var cursor = LineCursor(line)
        let first = cursor.word()
        if first.isExactly("expect") {
            try readExpect(&cursor)
            return .blockGoesOn
        }
        if hasOldFailure, first.isExactly("expected_fail_message") {
            evaluation.failure = .exactly(cursor.rest().text)
            return .blockEnds
        }
        if hasOldFailure, first.isExactly("expected_fail_regexp") {
            evaluation.failure = .matching(try pattern(cursor.rest()))
            return .blockEnds
        }
        if cursor.rest().text.isEmpty, let number = ScriptNumber.value(of: line.text) {
            try readScalar(number, line)
            return .blockEnds
        }
        try readSeries(line)
        return .blockGoesOn
    }

    private mutating func readScalar(_ number: Double, _ line: ScriptLine) throws(ScriptProblem) {
        guard case .instant = evaluation.span else {
            throw ScriptProblem(
                "a range query never yields a scalar",
                at: line.range,
                help: "write {} and one value a step"
            )
        }
        guard series.lines.isEmpty else {
            throw ScriptProblem("a scalar cannot stand beside series", at: line.range)
        }
        evaluation.result = .scalar(number)
    }

    private mutating func readSeries(_ line: ScriptLine) throws(ScriptProblem) {
        if case .string = evaluation.result {
            throw ScriptProblem("series cannot stand beside an expected string", at: line.range)
        }
        if series.set(try SeriesLineReader.read(line)) {
            var problem = ScriptProblem("this series is expected twice; the later line counts", at: line.range)
            problem.severity = .warning
            repeatedSeries = problem
        }
    }

    // MARK: expect ...

    private mutating func readExpect(_ cursor: inout LineCursor) throws(ScriptProblem) {
        let kind = cursor.word()
        switch kind.text {
        case "fail":
            guard evaluation.failure == nil else { throw ScriptProblem("expect fail stands twice", at: kind.range) }
            evaluation.failure = try text(&cursor)
        case "warn":
            evaluation.warnings.required.append(try text(&cursor))
            try mustAgree(evaluation.warnings, kind)
        case "info":
            evaluation.infos.required.append(try text(&cursor))
            try mustAgree(evaluation.infos, kind)
        case "no_warn":
            try nothing(&cursor)
            evaluation.warnings.isForbidden = true
            try mustAgree(evaluation.warnings, kind)
        case "no_info":
            try nothing(&cursor)
            evaluation.infos.isForbidden = true
            try mustAgree(evaluation.infos, kind)
        case "ordered":
            try nothing(&cursor)
            try readOrdered(kind)
        case "string": evaluation.result = .string(try string(cursor.rest()))
        case "range": try readWindow(&cursor)
        default: throw unknown(kind)
        }
    }

    private func unknown(_ kind: LineCursor.Piece) -> ScriptProblem {
        ScriptProblem(
            "unknown expectation \(Labels.quoted(kind.text))",
            at: kind.range,
            help: "known are fail, warn, no_warn, info, no_info, ordered, string and range vector"
        )
    }

    private func mustAgree(
        _ expectation: PromQLScript.AnnotationExpectation,
        _ kind: LineCursor.Piece
    ) throws(ScriptProblem) {
        guard !expectation.isForbidden || expectation.required.isEmpty else {
            throw ScriptProblem("annotations of one kind cannot be both expected and forbidden", at: kind.range)
        }
    }

    private mutating func readOrdered(_ kind: LineCursor.Piece) throws(ScriptProblem) {
        guard case .instant = evaluation.span else {
            throw ScriptProblem("only an instant query can be expected ordered", at: kind.range)
        }
        evaluation.isOrdered = true
    }

    private mutating func readWindow(_ cursor: inout LineCursor) throws(ScriptProblem) {
        let start = cursor.line.range
        try ScriptParser.expect("vector", &cursor)
        try ScriptParser.expect("from", &cursor)
        let steps = try PromQLScript.Steps(&cursor)
        try nothing(&cursor)
        guard case .instant = evaluation.span else {
            throw ScriptProblem("only an instant query can yield a range vector", at: start)
        }
        evaluation.span = .window(steps)
    }

    private func nothing(_ cursor: inout LineCursor) throws(ScriptProblem) {
        let rest = cursor.rest()
        guard rest.text.isEmpty else {
            throw ScriptProblem("unexpected \(Labels.quoted(rest.text))", at: rest.range)
        }
    }

    /// Nothing, `msg: TEXT` or `regex: RE`.
    private func text(_ cursor: inout LineCursor) throws(ScriptProblem) -> PromQLScript.TextExpectation {
        let rest = cursor.rest()
        if rest.text.isEmpty { return .anything }
        for (prefix, isPattern) in [("msg:", false), ("regex:", true)] {
            guard rest.text.utf8.starts(with: prefix.utf8) else { continue }
            let content = rest.text.utf8.dropFirst(prefix.utf8.count).drop(while: ScriptLine.isBlank)
            let begin = rest.range.upperBound - content.count
            let piece = LineCursor.Piece(text: String(Substring(content)), range: begin..<rest.range.upperBound)
            guard !piece.text.isEmpty else { throw ScriptProblem("nothing stands after \(prefix)", at: rest.range) }
            return isPattern ? .matching(try pattern(piece)) : .exactly(piece.text)
        }
        throw ScriptProblem("expected msg: TEXT or regex: EXPRESSION", at: rest.range)
    }

    private func pattern(_ piece: LineCursor.Piece) throws(ScriptProblem) -> Pattern {
        do throws(PatternError) {
            return try Pattern(piece.text, anchored: false)
        } catch {
            throw ScriptProblem("malformed regular expression: \(error.reason)", at: piece.range)
        }
    }

    private func string(_ piece: LineCursor.Piece) throws(ScriptProblem) -> String {
        if let expression = try? parse(piece.text), case .string(let literal) = expression { return literal.value }
        throw ScriptProblem(
            "expected a quoted string",
            at: piece.range.isEmpty ? evaluation.queryRange : piece.range,
            help: "write expect string \"text\""
        )
    }
}
