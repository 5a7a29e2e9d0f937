import Diagnostics
import JSON
import Metrics
import Proving
import YAML

/// What became of rule tests, for machines.
enum RuleReportJSON {
    static func text(of report: RuleTestReport) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("success", report.isSuccess)
            writer.member("files") { $0.array(of: report.files) { write($1, &$0) } }
            writer.member("alertingRules") { $0.array(of: report.alertingRules) { write($1, &$0) } }
        }
        return writer.text
    }

    private static func write(_ report: RuleTestFileReport, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", report.path)
            writer.member("success", report.isSuccess)
            if case .unreadable(let reason) = report.obstacle { writer.member("error", reason) }
            writer.member("unmatchedPatterns") { $0.array(of: report.unmatchedPatterns) { $0.value($1) } }
            writer.member("problems") { $0.array(of: report.diagnostics) { write($1, &$0) } }
            writer.member("tests") { $0.array(of: report.verdicts) { write($1, &$0) } }
        }
    }

    private static func write(_ verdict: RuleTestVerdict, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", verdict.title)
            writer.member("line", verdict.place.line)
            writer.member("success", verdict.isSuccess)
            writer.member("failures") { $0.array(of: verdict.failures) { write($1, &$0) } }
        }
    }

    private static func write(_ failure: RuleTestFailure, _ writer: inout JSONWriter) {
        writer.object { writer in
            if let place = failure.place { writer.member("line", place.line) }
            writer.member("about", failure.headline)
            switch failure.fact {
            case .malformed(let problems): writer.member("problems") { $0.array(of: problems) { write($1, &$0) } }
            case .alerts(let expectation, let mismatch, _): write(expectation, mismatch, &writer)
            case .samples(let expectation, let mismatch): write(expectation, mismatch, &writer)
            case .playbook(let expectation, let mismatch): write(expectation, mismatch, &writer)
            case .query, .rule, .ruleFiles, .playbookFiles, .storage, .tooManyEvaluations, .restless: break
            }
        }
    }

    private static func write(_ diagnostic: Diagnostic, _ writer: inout JSONWriter) {
        writer.object { writer in
            if let file = diagnostic.source.name { writer.member("file", file) }
            writer.member("line", diagnostic.start.line)
            writer.member("column", diagnostic.start.column)
            writer.member("severity", diagnostic.severity.rawValue)
            writer.member("code", diagnostic.code)
            writer.member("message", diagnostic.message)
        }
    }

    private static func write(
        _ expectation: AlertExpectation,
        _ mismatch: AlertMismatch,
        _ writer: inout JSONWriter
    ) {
        writer.member("alertname", expectation.name)
        writer.member("time") { $0.value(expectation.time.seconds) }
        writer.member("expected") {
            $0.array(of: mismatch.pairs.map(\.expected) + mismatch.missing.map(\.expected), write)
        }
        writer.member("got") { $0.array(of: (mismatch.pairs.map(\.got) + mismatch.surplus).map(\.told), write) }
        writer.member("nearMisses") { $0.array(of: mismatch.missing) { $0.value($1.nearMiss.described) } }
    }

    private static func write(_ writer: inout JSONWriter, _ alert: ToldAlert) {
        writer.object { writer in
            writer.member("labels") { write(alert.labels, &$0) }
            writer.member("annotations") { write(alert.annotations, &$0) }
        }
    }

    private static func write(_ labels: LabelList, _ writer: inout JSONWriter) {
        writer.object { writer in
            for label in labels.labels { writer.member(label.name, label.value) }
        }
    }

    private static func write(
        _ expectation: PlaybookExpectation,
        _ mismatch: PlaybookMismatch,
        _ writer: inout JSONWriter
    ) {
        writer.member("playbook", expectation.playbook.value)
        writer.member("time") { $0.value(expectation.time.seconds) }
        writer.member("differences") { writer in
            writer.array(of: mismatch.differences) { writer, difference in
                writer.object { writer in
                    writer.member("name", difference.name)
                    writer.member("expected", difference.expected)
                    writer.member("got", difference.got)
                }
            }
        }
        writer.member("story") { $0.array(of: mismatch.story) { $0.value($1) } }
    }

    private static func write(
        _ expectation: ExpressionExpectation,
        _ mismatch: SampleMismatch,
        _ writer: inout JSONWriter
    ) {
        writer.member("expr", expectation.text.text)
        writer.member("time") { $0.value(expectation.time.seconds) }
        let changed = mismatch.changed
        let expected = changed.map { ToldSample(labels: $0.labels, value: $0.expected) } + mismatch.missing
        let got = changed.map { ToldSample(labels: $0.labels, value: $0.got) } + mismatch.surplus
        writer.member("expected") { $0.array(of: expected, write) }
        writer.member("got") { $0.array(of: got, write) }
    }

    private static func write(_ writer: inout JSONWriter, _ sample: ToldSample) {
        writer.object { writer in
            writer.member("labels", "\(sample.labels)")
            // A text, since JSON has no infinities.
            writer.member("value", Number.answer(sample.value))
        }
    }

    private static func write(_ rule: AlertingRuleUse, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", rule.file)
            writer.member("line", rule.place.line)
            writer.member("group", rule.group)
            writer.member("alert", rule.name)
            writer.member("asked", rule.askedIn.count)
            writer.member("expected", rule.expectedIn.count)
            writer.member("fired", rule.firedIn.count)
            writer.member("vacuous", rule.isVacuous)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func array<Element>(
        of elements: [Element],
        _ write: (inout JSONWriter, Element) -> Void
    ) {
        array { writer in
            for element in elements { write(&writer, element) }
        }
    }
}
