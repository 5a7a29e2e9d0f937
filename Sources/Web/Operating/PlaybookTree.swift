import Diagnostics
import History
import JSON
import Metrics
import Playbooks
import YAML

/// Playbooks as medic's API tells of them.
struct PlaybookTree: Sendable {
    let healing: HealingReport
    /// By playbook.
    let cards: [String: Scorecard]
    let open: [RunSnapshot]

    func line(_ report: PlaybookReport) -> JSONValue {
        let playbook = report.playbook
        let name = playbook.name.value
        let courses = healing.courses.filter { $0.playbook.utf8.elementsEqual(name.utf8) }
        let (effective, reason) = mode(of: playbook, courses)
        return .tree { tree in
            tree.add("name", text: name)
            tree.add("summary", words: playbook.summary)
            tree.add("file", text: playbook.source.name)
            tree.add("line", number: playbook.source.place(of: playbook.range.lowerBound).line)
            tree.add("mode", text: playbook.mode.rawValue)
            tree.add("effectiveMode", text: effective.rawValue)
            tree.add("modeReason", words: reason)
            tree.add("when", list: playbook.when.map { trigger($0) })
            tree.add("subject", playbook.subject.map { .array($0.map { .string($0.value) }) })
            tree.add("acceptsWebhooks", flag: playbook.acceptsWebhooks)
            tree.add("missingPermits", texts: report.missingPermits)
            let runs = open.filter { $0.run.isOpen && $0.run.playbook.utf8.elementsEqual(name.utf8) }
            tree.add("openRuns", texts: runs.map(\.run.id))
            tree.add("scorecard", cards[name].map { scorecard($0) })
            tree.add("breaker", HealingTree.breaker(courses))
        }
    }

    /// How far it goes at present, and why no further than it says itself.
    private func mode(of playbook: Playbook, _ courses: [Course]) -> (Playbook.Mode, String) {
        let ceiling = healing.settings.ceiling
        let lowered = courses.filter { $0.breaker != .closed }
        let breaker = lowered.isEmpty ? Playbook.Mode.auto : BreakerState.openCeiling
        let effective = Swift.min(playbook.mode, ceiling, breaker)
        if effective == playbook.mode { return (effective, "") }
        if effective == ceiling { return (effective, "actions.mode is \(ceiling.rawValue)") }
        let subjects = lowered.map(\.subject.description).prefix(5).joined(separator: ", ")
        return (effective, "it stopped healing, and its breaker is not closed for \(subjects)")
    }

    private func trigger(_ trigger: Playbook.Trigger) -> JSONValue {
        .tree { tree in
            tree.add("matchers", texts: trigger.matchers.map(\.description))
            tree.add("firingForSeconds", span: trigger.firingFor)
        }
    }

    private func scorecard(_ card: Scorecard) -> JSONValue {
        .tree { tree in
            tree.add("runs", number: card.runs)
            tree.add("healed", number: card.healed)
            tree.add("open", number: card.open)
            tree.add("healedShare", card.share.map { .number($0) })
            tree.add("medianTimeToHealSeconds", span: card.medianTimeToHeal)
            tree.add("longestTimeToHealSeconds", span: card.longestTimeToHeal)
            tree.add("lastRun", at: card.lastRun)
            tree.add(
                "lastFailure",
                card.lastFailure.map { failure in
                    .tree { tree in
                        tree.add("run", text: failure.run)
                        tree.add("state", text: failure.state)
                        tree.add("at", at: failure.at)
                        tree.add("text", words: failure.text)
                    }
                }
            )
            tree.add(
                "baseline",
                .tree { tree in
                    tree.add("cleared", number: card.baseline.cleared)
                    tree.add("medianSeconds", span: card.baseline.medianTime)
                }
            )
        }
    }

    // MARK: One of them

    func details(_ report: PlaybookReport, runs: [RunEntry]) -> JSONValue {
        let playbook = report.playbook
        let known = Dictionary(open.map { ($0.run.id, $0) }) { first, _ in first }
        return line(report).extended { tree in
            tree.add("source", text: Self.source(of: playbook))
            tree.add("steps", list: steps(playbook))
            tree.add("guards", guards(playbook.guards))
            tree.add("verification", verification(playbook.verification))
            tree.add("runs", list: runs.map { RunTree.line($0, known[$0.id]) })
        }
    }

    /// The playbook as it is written, without what other playbooks indent it by.
    private static func source(of playbook: Playbook) -> String {
        let text = String(playbook.source[playbook.range])
        let indentation = playbook.source.place(of: playbook.range.lowerBound).column - 1
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let margin = lines.dropFirst().filter { $0.contains { $0 != " " } }.map { $0.prefix { $0 == " " }.count }.min()
        let cut = Swift.min(margin ?? indentation, indentation)
        return lines.enumerated().map { $0.offset == 0 ? $0.element : $0.element.dropFirst(cut) }
            .joined(separator: "\n")
    }

    private func steps(_ playbook: Playbook) -> [JSONValue] {
        var steps: [JSONValue] = []
        func add(_ part: String, _ list: [Step]) {
            for step in list {
                steps.append(
                    .tree { tree in
                        tree.add("part", text: part)
                        tree.add("name", text: step.name)
                        tree.add("action", text: step.action.value)
                    }
                )
            }
        }
        for (number, rung) in playbook.rungs.enumerated() {
            add(playbook.rungs.count > 1 ? "try \(number + 1)" : "steps", rung)
        }
        add("on_unhealed", playbook.onUnhealed)
        add("on_resolved", playbook.onResolved)
        return steps
    }

    private func guards(_ guards: Guards) -> JSONValue {
        func limit(_ limit: Guards.Limit) -> JSONValue {
            .tree { tree in
                tree.add("runs", number: limit.runs)
                tree.add("withinSeconds", span: limit.within)
            }
        }
        return .tree { tree in
            tree.add("cooldownSeconds", span: guards.cooldown)
            tree.add("limit", limit(guards.limit))
            tree.add("playbookLimit", limit(guards.playbookLimit))
            tree.add(
                "breaker",
                .tree { tree in
                    tree.add("unhealed", number: guards.breaker.unhealed)
                    tree.add("openSeconds", span: guards.breaker.open)
                    tree.add("maxSeconds", span: guards.breaker.max)
                    tree.add("minHealthySeconds", span: guards.breaker.minHealthy)
                }
            )
            tree.add("minUptimeSeconds", span: guards.minUptime)
            tree.add("only", texts: guards.only.map(\.value))
            tree.add("except", texts: guards.except.map(\.value))
            tree.add("lockWaitSeconds", span: guards.lockWait)
        }
    }

    private func verification(_ terms: Playbook.Verification) -> JSONValue {
        .tree { tree in
            tree.add("everySeconds", span: terms.every)
            tree.add("healthy", number: terms.healthy)
            tree.add("withinSeconds", span: terms.within)
        }
    }

    // MARK: What it would do

    /// A run that was only asked about.
    static func dryRun(_ snapshot: RunSnapshot, _ ceiling: Playbook.Mode) -> JSONValue {
        let (plan, progress) = (snapshot.run.plan, snapshot.run.progress)
        let refusals = progress.verdicts.filter { !$0.isAllowed }
        return .tree { tree in
            tree.add("wouldRun", flag: refusals.isEmpty)
            tree.add("refusals", texts: refusals.map(\.sentence))
            tree.add("mode", text: Swift.min(plan.mode, ceiling).rawValue)
            tree.add("subject", text: snapshot.run.subject.description)
            tree.add("alert", labels: snapshot.run.alert.labels)
            tree.add("guards", list: progress.verdicts.map { RunTree.verdict($0) })
            tree.add("steps", list: plan.steps.indices.map { RunTree.step($0, of: plan) })
            tree.add("units", texts: plan.units)
            tree.add("locks", texts: plan.locks)
            tree.add("digest", words: plan.digest)
        }
    }
}
