import Diagnostics
import Metrics
import YAML

extension RuleTestFailure {
    /// What it is about, in a line.
    public var headline: String {
        switch fact {
        case .malformed: "not well written"
        case .ruleFiles: "the rule files cannot be used"
        case .storage(let reason): "the samples cannot be stored: \(reason)"
        case .tooManyEvaluations(let limit):
            "more than \(limit) evaluations up to the last time asked for: choose a longer evaluation_interval"
        case .rule(let name, let group, let time, let reason):
            "rule \(name) of group \(group) fails at \(time.promQLText): \(reason)"
        case .alerts(let expectation, _, let evaluatedAt):
            "\(expectation.name) at \(expectation.time.promQLText)"
                + (evaluatedAt == expectation.time ? "" : ", as evaluated at \(evaluatedAt.promQLText)")
        case .query(let expectation, let reason): "\(Self.headline(of: expectation)): \(reason)"
        case .samples(let expectation, _): Self.headline(of: expectation)
        case .playbookFiles: "the playbook files cannot be used"
        case .playbook(let expectation, _):
            "\(expectation.playbook.value) at \(expectation.time.promQLText)"
                + (expectation.subject.isEmpty ? "" : " for \(expectation.subject)")
        case .restless: "the run machine does not come to rest: please report this with the test file"
        }
    }

    private static func headline(of expectation: ExpressionExpectation) -> String {
        "\(expectation.text.text) at \(expectation.time.promQLText)"
    }

    /// The comparison, line by line.
    public var rows: [EvaluationFailure.Row] {
        switch fact {
        case .alerts(_, let mismatch, _): mismatch.rows
        case .samples(_, let mismatch): mismatch.rows
        case .malformed(let problems):
            problems.map { problem in
                let place = problem.source.place(of: problem.range.lowerBound)
                return .remark("\(place.line):\(place.column): \(problem.message)")
            }
        case .playbook(_, let mismatch): mismatch.rows
        case .ruleFiles, .playbookFiles, .storage, .tooManyEvaluations, .rule, .query, .restless: []
        }
    }
}

extension SampleMismatch {
    fileprivate var rows: [EvaluationFailure.Row] {
        var rows: [EvaluationFailure.Row] = []
        for change in changed {
            rows.append(.expected("\(change.labels) \(SampleText.of(change.expected))"))
            rows.append(.got("\(change.labels) \(SampleText.of(change.got))"))
            if change.expected.isNaN && change.got.isNaN {
                rows.append(.remark("a NaN equals nothing, not even a NaN; expect a comparison such as s != s instead"))
            }
        }
        rows += missing.map { .expected("\($0.labels) \(SampleText.of($0.value))") }
        rows += surplus.map { .got("\($0.labels) \(SampleText.of($0.value))") }
        if missing.isEmpty && changed.isEmpty && matched == 0 { rows.insert(.expected("nothing"), at: 0) }
        if surplus.isEmpty && changed.isEmpty && matched == 0 { rows.append(.got("nothing")) }
        if matched > 0 {
            rows.append(.remark(matched == 1 ? "1 sample is as expected" : "\(matched) samples are as expected"))
        }
        return SampleText.shortened(rows)
    }
}

extension PlaybookMismatch {
    fileprivate var rows: [EvaluationFailure.Row] {
        differences.flatMap { difference -> [EvaluationFailure.Row] in
            [.expected("\(difference.name): \(difference.expected)"), .got("\(difference.name): \(difference.got)")]
        } + story.map { .remark($0) }
    }
}

extension AlertMismatch {
    fileprivate var rows: [EvaluationFailure.Row] {
        var rows: [EvaluationFailure.Row] = []
        for pair in pairs {
            rows += Self.rows(of: pair)
        }
        var lastMiss: String?
        for one in missing {
            rows.append(.expected("\(one.expected.shownLabels)"))
            rows += one.expected.annotations.labels.map { .expected("  " + $0.asAnnotation) }
            let miss = one.nearMiss.described
            if miss != lastMiss { rows.append(.remark("  " + miss)) }
            lastMiss = miss
        }
        for one in surplus {
            rows.append(.got("\(one.told.shownLabels)"))
            rows += one.told.annotations.labels.map { .got("  " + $0.asAnnotation) }
            rows.append(.remark("  " + one.described))
        }
        if matched > 0 {
            rows.append(.remark(matched == 1 ? "1 alert is as expected" : "\(matched) alerts are as expected"))
        }
        return SampleText.shortened(rows)
    }

    /// What both have stands above, without a sign; then what only one has.
    private static func rows(of pair: Pair) -> [EvaluationFailure.Row] {
        let (expected, got) = (pair.expected, pair.got.told)
        let common = LabelList(expected.labels.common(with: got.labels).labels.filter { $0.name != "alertname" })
        var rows: [EvaluationFailure.Row] = [.same("\(common)")]
        rows += differences(expected.labels, got.labels) { label in
            "\(LabelList([label]))".dropFirst().dropLast().description
        }
        for label in expected.labels.labels where label.value.isEmpty {
            rows.append(.remark("no alert has an empty label: leave \(label.name) out"))
        }
        rows += differences(expected.annotations, got.annotations, \.asAnnotation)
        return rows
    }

    private static func differences(
        _ expected: LabelList,
        _ got: LabelList,
        _ text: (Label) -> String
    ) -> [EvaluationFailure.Row] {
        let wanted = expected.differing(from: got)
        let present = got.differing(from: expected)
        let names = LabelList(wanted.labels + present.labels.filter { wanted[$0.name] == nil }).labels.map(\.name)
        return names.flatMap { name -> [EvaluationFailure.Row] in
            let left = wanted[name].map { "  " + text(Label(name, $0)) }
            let right = present[name].map { "  " + text(Label(name, $0)) }
            guard let left, let right else {
                return [left.map { .expected($0) }, right.map { .got($0) }].compactMap { $0 }
            }
            return [.expected(left), .got(right)] + caret(left, right)
        }
    }

    /// Where two long texts begin to differ.
    private static func caret(_ left: String, _ right: String) -> [EvaluationFailure.Row] {
        guard Swift.min(left.count, right.count) > 30 else { return [] }
        let common = zip(left, right).prefix { $0 == $1 }.count
        return [.remark(String(repeating: " ", count: common) + "^")]
    }
}

extension Label {
    /// `summary: "a is down"`.
    fileprivate var asAnnotation: String { "\(name): \(Labels.quoted(value))" }
}

extension ToldAlert {
    /// The labels without the name, which stands in the headline.
    fileprivate var shownLabels: LabelList { LabelList(labels.labels.filter { $0.name != "alertname" }) }
}

extension FiringAlert {
    fileprivate var described: String {
        "firing since \(since.promQLText), value \(SampleText.of(value)), group \(group)"
    }
}

extension NearMiss {
    /// The reason in words.
    public var described: String {
        switch self {
        case .noSuchRule(let suggestion):
            "no rule has this name" + (suggestion.map { "; did you mean \($0)?" } ?? "")
        case .repeated: "it fires once, and is expected more often"
        case .pending(let labels, let since, let passed, let hold, let value):
            "pending since \(since.promQLText), for \(passed.promQLText) of \(hold.promQLText), "
                + "value \(SampleText.of(value)): \(labels)"
        case .resolved(let labels, let at): "over since \(at.promQLText): \(labels)"
        case .othersFire: "others of this name fire, as shown"
        case .compared(let text, let wanted, let readings):
            "inactive: "
                + readings.map {
                    "\(text) is \(SampleText.of($0.value))" + ($0.labels.isEmpty ? "" : " for \($0.labels)")
                }
                .joined(separator: ", ") + "; wanted \(wanted)"
        case .silent(let text): "inactive: \(text) yields nothing like it"
        }
    }
}
