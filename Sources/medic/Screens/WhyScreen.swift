import Answers
import JSON
import Metrics
import PromQL
import Terminal

/// Why an alert fires or does not, for people.
struct WhyScreen {
    let terminal: Terminal
    let now: Timestamp

    // Of many series a few tell what the matter is.
    private static let seriesMax = 8

    func text(_ reports: [WhyReport]) -> String {
        reports.map(text).joined(separator: "\n")
    }

    private func text(_ report: WhyReport) -> String {
        let rule = report.rule
        var text = heading(rule)
        text += "  group      \(report.group.name.onOneLine), \(report.group.rhythm), evaluated "
        text += "\(Span.ago(rule.lastEvaluation, from: now)) (\(report.group.file.onOneLine))\n"
        text += "  expression \(rule.query.onOneLine)\n"
        if rule.hold > .zero { text += "  for        \(Span.text(rule.hold))\n" }
        if rule.keepFiring > .zero { text += "  kept on    \(Span.text(rule.keepFiring)) after it is no longer true\n" }
        if !rule.lastError.isEmpty { text += "  " + terminal.styled("fails: \(rule.lastError.onOneLine)", .red) + "\n" }
        text += "\n" + report.conditions.map(condition).joined()
        if report.conditions.isEmpty && report.curve.isEmpty {
            text += "the expression has had no result in this time: nothing it asks about is there, or nothing is ill\n"
        }
        text += curve(report)
        text += "\n" + alerts(report)
        if let more = report.more { text += reasons(more) }
        if let trail = report.trail, !trail.isEmpty { text += "\n" + self.trail(trail) }
        if let history = report.history, !history.isEmpty { text += "\n" + lines(of: history) }
        return text
    }

    /// Whom the news of an alert reached, and whom not.
    func trail(_ records: [JSONValue]) -> String {
        "\(terminal.styled("who was told", .bold))\n" + lines(of: records)
    }

    /// Who is told, and what playbooks make of it.
    private func reasons(_ more: JSONValue) -> String {
        let reasons = ReasonText(terminal: terminal, now: now)
        let alerts = more["alerts"]?.array ?? []
        var text = ""
        for alert in alerts {
            let told = reasons.telling(alert) + reasons.playbooks(alert["playbooks"]?.array ?? [])
            guard !told.isEmpty else { continue }
            text += "\n\(terminal.styled("\(alert.labels("labels"))".onOneLine, .faint))\n" + told
        }
        let would = (more["playbooks"]?.array ?? []).compactMap(\.string)
        if !would.isEmpty { text += "\nplaybooks for it: \(would.joined(separator: ", ").onOneLine)\n" }
        return text
    }

    private func heading(_ rule: RuleTold) -> String {
        let (words, style): (String, Terminal.Style) =
            switch rule.state {
            case "firing": ("fires", .red)
            case "pending": ("is pending", .yellow)
            default: rule.health == "err" ? ("cannot be evaluated", .red) : ("does not fire", .green)
            }
        return "\(terminal.styled(rule.name.onOneLine, .bold)) \(terminal.styled(words, style))\n"
    }

    private func condition(_ condition: WhyReport.Condition) -> String {
        let count = condition.now.count
        let verdict =
            count == 0
            ? terminal.styled("nothing to compare: there is no such series now", .yellow)
            : condition.holds == 0
                ? terminal.styled("does not hold", .green)
                : terminal.styled(count == 1 ? "holds" : "holds for \(condition.holds) of \(count)", .red)
        var text = "\(terminal.styled(condition.text.onOneLine, .bold)): \(verdict)\n"
        for element in condition.now.prefix(Self.seriesMax) {
            let value = Number.answer(Digits.rounded(element.value.number))
            let threshold = condition.threshold.map { " \(condition.operation) \(Number.answer($0))?" } ?? ""
            text += "  \(value)\(threshold)  \(terminal.styled("\(element.labels)".onOneLine, .faint))\n"
        }
        if count > Self.seriesMax { text += "  and \(count - Self.seriesMax) more series\n" }
        return text
    }

    private func curve(_ report: WhyReport) -> String {
        guard !report.curve.isEmpty, case .range(let start, let end, let step) = report.span else { return "" }
        var series = Array(report.curve.prefix(4))
        if let threshold = report.conditions.first?.threshold, threshold.isFinite {
            var samples: [SeriesPoint] = []
            var time = start
            while time <= end {
                samples.append(SeriesPoint(timestamp: time, value: .float(threshold)))
                time = time + step
            }
            series.append(
                MatrixSeries(labels: Labels([Label("__name__", "threshold")]), samples: samples)
            )
        }
        var text = "\n" + Graph(terminal: terminal, start: start, end: end).text(of: series)
        if report.curve.count > 4 {
            text += terminal.styled("and \(report.curve.count - 4) more series\n", .faint)
        }
        return text
    }

    private func alerts(_ report: WhyReport) -> String {
        if report.alerts.isEmpty { return "no alert of it is pending or firing\n" }
        return report.alerts.prefix(Self.seriesMax).map { alert in
            let name = "\(Labels(alert.labels.filter { $0.name != "alertname" }))"
            var text = "\(terminal.styled(alert.state.onOneLine, alert.isFiring ? .red : .yellow))  \(name.onOneLine)\n"
            text += "  true since \(Span.ago(alert.activeAt, from: now)), value \(AlertTable.value(alert))\n"
            if !alert.isFiring, let since = alert.activeAt, report.rule.hold > .zero {
                text += "  \(Self.progress(now - since, of: report.rule.hold, terminal))\n"
            }
            for annotation in alert.annotations {
                text += "  \(annotation.name.onOneLine): \(annotation.value.onOneLine)\n"
            }
            return text
        }
        .joined()
    }

    /// How far an alert is on its way to firing.
    static func progress(_ done: Milliseconds, of hold: Milliseconds, _ terminal: Terminal) -> String {
        let width = 24
        let share = min(1, max(0, Double(done.rawValue) / Double(max(1, hold.rawValue))))
        let filled = Int((share * Double(width)).rounded(.down))
        let (full, empty) = terminal.drawsUnicode ? ("█", "░") : ("#", ".")
        let bar =
            terminal.styled(String(repeating: full, count: filled), .yellow)
            + String(repeating: empty, count: width - filled)
        let rest = hold - done
        let end = rest > .zero ? "fires in \(Span.text(rest))" : "fires with the next evaluation"
        return "\(bar) \(Span.text(min(done, hold))) of \(Span.text(hold)): \(end) if it stays true"
    }

    private func lines(of history: [JSONValue]) -> String {
        history.map { record in
            let moment = Span.ago(record.moment("at"), from: now)
            return "\(terminal.styled(moment, .faint))  \(record.text("text").onOneLine)\n"
        }
        .joined()
    }
}
