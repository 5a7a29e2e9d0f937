import Answers
import Diagnostics
import JSON
import Metrics
import Proving

/// What became of scripts, for machines.
enum ScriptReportJSON {
    static func text(of reports: [PromQLScriptReport]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("passed", reports.reduce(0) { $0 + $1.passed })
            writer.member("failed", reports.reduce(0) { $0 + $1.failed })
            writer.member("skipped", reports.reduce(0) { $0 + $1.skipped })
            writer.member("files") { writer in
                writer.array { writer in
                    for report in reports { write(report, &writer) }
                }
            }
        }
        return writer.text
    }

    private static func write(_ report: PromQLScriptReport, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", report.source.name ?? "")
            writer.member("success", report.isSuccess)
            writer.member("passed", report.passed)
            writer.member("failed", report.failed)
            writer.member("skipped", report.skipped)
            writer.member("problems") { writer in
                writer.array { writer in
                    for diagnostic in report.diagnostics { write(diagnostic, &writer) }
                }
            }
            writer.member("evaluations") { writer in
                writer.array { writer in
                    for verdict in report.verdicts { write(verdict, &writer) }
                }
            }
        }
    }

    private static func write(_ diagnostic: Diagnostic, _ writer: inout JSONWriter) {
        let place = diagnostic.source.place(of: diagnostic.range.lowerBound)
        writer.object { writer in
            writer.member("line", place.line)
            writer.member("column", place.column)
            writer.member("severity", diagnostic.severity.rawValue)
            writer.member("code", diagnostic.code)
            writer.member("message", diagnostic.message)
        }
    }

    private static func write(_ verdict: EvaluationVerdict, _ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("line", verdict.place.line)
            writer.member("column", verdict.place.column)
            writer.member("query", verdict.evaluation.query)
            writer.member("when", verdict.evaluation.span.description)
            switch verdict.outcome {
            case .passed: writer.member("verdict", "passed")
            case .skipped(let reason):
                writer.member("verdict", "skipped")
                writer.member("reason", reason)
            case .failed(let failure):
                writer.member("verdict", "failed")
                writer.member("reason", failure.summary)
                write(failure, &writer)
            }
        }
    }

    private static func write(_ failure: EvaluationFailure, _ writer: inout JSONWriter) {
        switch failure.way {
        case .asWritten: writer.member("way", "as written")
        case .pinned(let query, let time): write("pinned", query, time, &writer)
        case .middleOfRange(let query, let time): write("middle of a range", query, time, &writer)
        }
        writer.member("expected") { $0.lines(failure.rows) { if case .expected(let text) = $0 { text } else { nil } } }
        writer.member("got") { $0.lines(failure.rows) { if case .got(let text) = $0 { text } else { nil } } }
    }

    private static func write(_ way: String, _ query: String, _ time: Timestamp, _ writer: inout JSONWriter) {
        writer.member("way", way)
        writer.member("run", query)
        writer.member("at") { $0.number(written: time.decimalSeconds) }
    }
}

extension JSONWriter {
    fileprivate mutating func lines(
        _ rows: [EvaluationFailure.Row],
        _ text: (EvaluationFailure.Row) -> String?
    ) {
        array { writer in
            for row in rows {
                if let text = text(row) { writer.value(text) }
            }
        }
    }
}
