import JSON
import Metrics
import Terminal

/// Playbooks for people.
struct PlaybookScreen {
    let terminal: Terminal
    let now: Timestamp

    func list(_ tree: JSONValue) -> String {
        let playbooks = tree["playbooks"]?.array ?? []
        var text = healing(tree["healing"])
        guard !playbooks.isEmpty else { return text + "no playbooks\n" }
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "PLAYBOOK", givesWay: true), .init(title: "MODE"), .init(title: "RUNS", isNumber: true),
                .init(title: "HEALED", isNumber: true, isLeftOut: true),
                .init(title: "MEDIAN", isNumber: true, isLeftOut: true), .init(title: "LAST RUN", isLeftOut: true),
                .init(title: "BY ITSELF", isLeftOut: true), .init(title: "BREAKER"),
                .init(title: "", givesWay: true),
            ]
        )
        text += table.text(playbooks.map(row))
        return text
    }

    /// What holds for all of them, where it is not as usual.
    func healing(_ tree: JSONValue?) -> String {
        var text = ""
        if let stopped = tree?["stopped"] {
            let reason = stopped.text("reason").onOneLine
            let until = stopped.moment("until").map { ", until \($0.rfc3339Text)" } ?? ""
            let words = "healing is stopped by \(stopped.text("by").onOneLine)\(until)"
            text += terminal.styled(words, .red) + (reason.isEmpty ? "" : ": \(reason)") + "\n\n"
        }
        if let storm = tree?["storm"] {
            text += terminal.styled("storm", .red) + ": \(storm.text("reason").onOneLine)\n\n"
        }
        return text
    }

    private func row(_ playbook: JSONValue) -> [FittedTable.Cell] {
        let card = playbook["scorecard"]
        let breaker = playbook["breaker"]?.text("state") ?? ""
        let mode = playbook.text("effectiveMode")
        let isLowered = mode != playbook.text("mode")
        let missing = playbook["missingPermits"]?.array?.count ?? 0
        return [
            .init(playbook.text("name"), .bold),
            .init(isLowered ? "\(mode) (\(playbook.text("mode")))" : mode, isLowered ? .yellow : nil),
            .init(count(card?["runs"])), .init(count(card?["healed"])),
            .init(
                card?["medianTimeToHealSeconds"] == nil ? "" : Span.text(card?.span("medianTimeToHealSeconds") ?? .zero)
            ),
            .init(Span.ago(card?.moment("lastRun"), from: now)),
            .init(alone(card?["baseline"])),
            .init(breaker == "closed" ? "" : breaker, .red),
            .init(missing == 0 ? "" : missing == 1 ? "1 permit missing" : "\(missing) permits missing", .yellow),
        ]
    }

    private func count(_ tree: JSONValue?) -> String { tree?.integer.map { "\($0)" } ?? "" }

    /// How the alerts end where nothing is done.
    private func alone(_ baseline: JSONValue?) -> String {
        guard let baseline, let cleared = baseline["cleared"]?.integer, cleared > 0 else { return "" }
        return "\(cleared) in \(Span.text(baseline.span("medianSeconds")))"
    }

    // MARK: One

    func details(_ tree: JSONValue) -> String {
        var text = terminal.styled(tree.text("name").onOneLine, .bold)
        text += tree.text("summary").isEmpty ? "\n" : ": \(tree.text("summary").onOneLine)\n"
        var mode = tree.text("effectiveMode")
        if mode != tree.text("mode") {
            mode += " (\(tree.text("mode")) in the file: \(tree.text("modeReason").onOneLine))"
        }
        let card = tree["scorecard"]
        let failure = card?["lastFailure"]
        let triggers = (tree["when"]?.array ?? []).map { trigger in
            (trigger["matchers"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        }
        let facts = [
            ("file", "\(tree.text("file").onOneLine):\(count(tree["line"]))"), ("mode", mode),
            ("when", triggers.joined(separator: "; or ").onOneLine),
            ("runs", runs(card)), ("alone", alone(card?["baseline"])),
            (
                "failed",
                failure.map {
                    "run \($0.text("run")) \($0.text("state")) \(Span.ago($0.moment("at"), from: now)): \($0.text("text"))"
                } ?? ""
            ),
            ("open", (tree["openRuns"]?.array ?? []).compactMap(\.string).joined(separator: ", ")),
        ]
        for (name, value) in facts where !value.isEmpty {
            text += "  \(name)\(String(repeating: " ", count: max(1, 9 - name.utf8.count)))\(value.onOneLine)\n"
        }
        for sentence in (tree["missingPermits"]?.array ?? []).compactMap(\.string) {
            text += "  " + terminal.styled("not permitted", .yellow) + ": \(sentence.onOneLine)\n"
        }
        for subject in tree["breaker"]?["subjects"]?.array ?? [] {
            text += "  breaker  \(breaker(subject))\n"
        }
        text +=
            "\n"
            + tree.text("source").split(separator: "\n", omittingEmptySubsequences: false)
            .map { "  \(String($0).onOneLine)\n" }.joined()
        return text
    }

    private func runs(_ card: JSONValue?) -> String {
        guard let card, let runs = card["runs"]?.integer, runs > 0 else { return "none" }
        let median =
            card["medianTimeToHealSeconds"] == nil
            ? "" : ", in \(Span.text(card.span("medianTimeToHealSeconds"))) (median)"
        return
            "\(runs), \(count(card["healed"])) healed\(median), the last \(Span.ago(card.moment("lastRun"), from: now))"
    }

    private func breaker(_ subject: JSONValue) -> String {
        let until = subject.moment("until").map { " until \($0.rfc3339Text)" } ?? ""
        let by = subject.text("by").isEmpty ? "" : " by \(subject.text("by").onOneLine)"
        let failures = subject["failures"]?.integer ?? 0
        return
            "\(subject.text("state"))\(by)\(until) for \(subject.text("subject").onOneLine), \(failures) failures in a row"
    }

    // MARK: What it would do

    func dryRun(_ tree: JSONValue) -> String {
        let isFree = tree["wouldRun"]?.boolean == true
        let heading = isFree ? "it would run, in mode \(tree.text("mode"))" : "it would be kept back"
        let named = tree.text("subject").onOneLine
        let subject = named == "{}" ? "" : named
        var text =
            terminal.styled(heading, isFree ? .green : .red) + (subject.isEmpty ? ", for no alert" : ", for \(subject)")
            + "\n\n"
        text += terminal.styled("guards", .bold) + "\n"
        for verdict in tree["guards"]?.array ?? [] {
            let isAllowed = verdict["allowed"]?.boolean == true
            let mark = terminal.styled(isAllowed ? "passes" : "refuses", isAllowed ? .green : .red)
            let name = verdict.text("guard")
            let gap = String(repeating: " ", count: max(1, 12 - name.utf8.count))
            text += "  \(name)\(gap)\(mark)\(isAllowed ? "   " : "  ")\(verdict.text("sentence").onOneLine)\n"
        }
        let steps = tree["steps"]?.array ?? []
        if !steps.isEmpty { text += "\n" + terminal.styled("steps", .bold) + "\n" }
        for step in steps {
            let skipped = step["isSkipped"]?.boolean == true ? " (passed over: its 'if' says no)" : ""
            let part = step.text("part") == "steps" ? "" : "\(step.text("part")): "
            text += "  \((step["index"]?.integer ?? 0) + 1). \(part)\(step.text("sentence").onOneLine)\(skipped)\n"
        }
        return text
    }
}
