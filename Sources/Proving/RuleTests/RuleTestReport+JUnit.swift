import Diagnostics
public import Metrics

extension RuleTestReport {
    /// The verdicts in the XML that build servers read: a suite for each file, a case for each test, as promtool writes it.
    public func junitXML(at now: Timestamp) -> String {
        "<testsuites>" + files.map { JUnit.suite($0, at: now) }.joined() + "</testsuites>\n"
    }
}

private enum JUnit {
    static func suite(_ report: RuleTestFileReport, at now: Timestamp) -> String {
        let failures = report.verdicts.reduce(0) { $0 + $1.failures.count }
        let isAborted = report.obstacle != nil
        let tests = max(report.verdicts.count, isAborted ? 1 : 0)
        let time = Timestamp(milliseconds: now.rawValue - now.rawValue % 1_000).rfc3339Text.dropLast()
        var text = "<testsuite name=\(quoted(report.path)) tests=\"\(tests)\" failures=\"\(failures)\""
        text += " errors=\"\(isAborted ? 1 : 0)\" skipped=\"0\" timestamp=\"\(time)\">"
        if isAborted {
            text += "<testcase name=\"unknown\"><error>\(escaped(reason(report)))</error></testcase>"
        }
        for verdict in report.verdicts {
            let failures = verdict.failures.map { "<failure>\(escaped(Self.text(of: $0)))</failure>" }
            text += "<testcase name=\(quoted(verdict.title))>\(failures.joined())</testcase>"
        }
        return text + "</testsuite>"
    }

    private static func reason(_ report: RuleTestFileReport) -> String {
        if case .unreadable(let reason) = report.obstacle { return reason }
        return report.diagnostics.map { problem in
            "\(report.path):\(problem.start.line):\(problem.start.column): \(problem.message)"
        }
        .joined(separator: "\n")
    }

    private static func text(of failure: RuleTestFailure) -> String {
        let rows = failure.rows.map { row in
            switch row {
            case .same(let text), .remark(let text): "    \(text)"
            case .expected(let text): "  - \(text)"
            case .got(let text): "  + \(text)"
            }
        }
        return ([failure.headline] + rows).joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text))\"" }

    /// Characters that XML 1.0 cannot hold at all become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&#34;"
            case "\n", "\t", "\r": result += "&#\(scalar.value);"
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
