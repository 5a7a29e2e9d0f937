import History
import JSON
import Metrics
import Playbooks
import YAML

/// Why a playbook runs, or why it does not: every guard's word of the moment.
struct ReasonTree: Sendable {
    let desk: any OperatingDesk

    // Each costs a look at the world.
    private static let playbooksMax = 8

    /// What each playbook that the alert matches would do with it.
    func playbooks(for labels: Labels) async -> [JSONValue] {
        var reasons: [JSONValue] = []
        let open = await desk.openRuns()
        for report in await desk.playbooks() {
            let playbook = report.playbook
            guard playbook.when.contains(where: { $0.matches(labels) }), reasons.count < Self.playbooksMax else {
                continue
            }
            let run = open.first { snapshot in
                snapshot.run.isOpen && snapshot.run.playbook == playbook.name.value
                    && ([snapshot.run.alert.labels] + snapshot.run.progress.joined).contains(labels)
            }
            reasons.append(await reason(playbook.name.value, labels, open: run))
        }
        return reasons
    }

    private func reason(_ name: String, _ labels: Labels, open: RunSnapshot?) async -> JSONValue {
        if let open {
            let waits = open.waitingFor.isEmpty ? "" : ", and waits for \(open.waitingFor)"
            return .tree { tree in
                tree.add("playbook", text: name)
                tree.add("matches", flag: true)
                tree.add("sentence", text: "run \(open.run.id) is \(open.state)\(waits)")
                tree.add("mode", text: open.run.plan.mode.rawValue)
                tree.add("guards", list: open.run.progress.verdicts.map { RunTree.verdict($0) })
                tree.add("run", text: open.run.id)
            }
        }
        let (snapshot, problem) = await consider(name, labels)
        let refusals = snapshot?.run.progress.verdicts.filter { !$0.isAllowed } ?? []
        return .tree { tree in
            tree.add("playbook", text: name)
            tree.add("matches", flag: true)
            tree.add("sentence", text: problem ?? refusals.first?.sentence ?? "nothing keeps it back")
            tree.add("mode", text: snapshot?.run.plan.mode.rawValue)
            tree.add("guards", list: (snapshot?.run.progress.verdicts ?? []).map { RunTree.verdict($0) })
            tree.add("nextAllowed", at: Self.nextAllowed(refusals, snapshot?.at.wall))
        }
    }

    /// What would happen if the playbook were asked to run now.
    private func consider(_ name: String, _ labels: Labels) async -> (RunSnapshot?, String?) {
        switch await desk.command(HealingCommand(.dryRun(playbook: name, labels: labels), by: "why")) {
        case .wouldRun(let snapshot): (snapshot, nil)
        case .rejected(let sentence), .done(let sentence): (nil, sentence)
        case .opened: (nil, nil)
        }
    }

    /// When the last of the guards may say otherwise; nil where one of them needs more than time.
    private static func nextAllowed(_ refusals: [GuardVerdict], _ now: Timestamp?) -> Timestamp? {
        let spans = refusals.map(\.retryAfter)
        guard let now, !spans.isEmpty, spans.allSatisfy({ $0 != nil }) else { return nil }
        return spans.compactMap { $0 }.max().map { now + $0 }
    }

    /// The playbooks that have treated a unit, and when each may do so again.
    func playbooks(of runs: [RunEntry]) async -> [JSONValue] {
        var seen: Set<[String]> = []
        var reasons: [JSONValue] = []
        for entry in runs where reasons.count < Self.playbooksMax {
            guard seen.insert([entry.playbook, entry.subject]).inserted, let run = entry.run else { continue }
            let (snapshot, problem) = await consider(entry.playbook, run.alert.labels)
            let verdicts = snapshot?.run.progress.verdicts ?? []
            let refusals = verdicts.filter { !$0.isAllowed && Self.isBudget($0.guardName) }
            reasons.append(
                .tree { tree in
                    tree.add("playbook", text: entry.playbook)
                    tree.add("subject", text: entry.subject)
                    tree.add("lastRun", at: entry.opened)
                    tree.add("sentence", text: problem ?? refusals.first?.sentence ?? "it may run again")
                    tree.add("nextAllowed", at: Self.nextAllowed(refusals, snapshot?.at.wall))
                    tree.add(
                        "guards",
                        list: verdicts.filter { Self.isBudget($0.guardName) }.map { RunTree.verdict($0) }
                    )
                }
            )
        }
        return reasons
    }

    /// Whether a guard speaks of how much may be done, rather than of how the patient is just now.
    private static func isBudget(_ name: GuardName) -> Bool {
        switch name {
        case .killSwitch, .mode, .protected, .cooldown, .limit, .breaker, .storm, .maintenance, .fleet: true
        case .plan, .repeated, .warmUp, .evidence, .flapping, .subjects, .require, .dependency, .history, .lock,
            .approval:
            false
        }
    }
}
