import JSON
public import Metrics

// Who is told what.
extension Healer {
    /// Tells of a run, where the playbook wants it told or an operator must know anyway.
    mutating func notify(_ occasion: HealingNotice.Occasion, _ run: Run, _ summary: String) {
        if let wish = Playbook.Page.Occasion(rawValue: occasion.rawValue), !run.plan.page.occasions.contains(wish) {
            return
        }
        notice(
            occasion,
            playbook: run.playbook,
            subject: run.subject,
            alerts: run.alerts,
            summary,
            facts: run.facts,
            run: run.id,
            receiver: run.plan.page.receiver,
            evidence: run.steps.flatMap { $0.outcome?.evidence ?? [] }
        )
    }

    mutating func notice(
        _ occasion: HealingNotice.Occasion,
        playbook: String?,
        subject: Labels,
        alerts: [Labels],
        _ summary: String,
        facts: [(String, JSONValue)] = [],
        run: String? = nil,
        receiver: String? = nil,
        evidence: [String] = []
    ) {
        effects.append(
            .notify(
                HealingNotice(
                    occasion: occasion,
                    run: run,
                    playbook: playbook,
                    subject: subject,
                    alerts: alerts,
                    receiver: receiver,
                    summary: summary,
                    facts: JSONObject(facts.map { JSONObject.Member(name: $0.0, value: $0.1) }),
                    evidence: evidence,
                    at: now.wall
                )
            )
        )
    }

    mutating func rollbackFired(_ id: String, _ step: Int) {
        guard let run = run(id) else {
            return notice(
                .rollbackFired,
                playbook: nil,
                subject: .empty,
                alerts: [],
                "the change of step \(step + 1) of run \(id) was undone by itself",
                run: id
            )
        }
        update(id) { progress in progress.armed.removeAll { $0.step == step } }
        notify(.rollbackFired, run, "\(run.playbook): step \(step + 1) was not confirmed in time and undone by itself")
    }

    // MARK: What is shown

    /// The runs that are open, considered, or have something left to do, oldest first.
    public var openRuns: [RunSnapshot] {
        let runs = considered.values.filter { live[$0.id]?.dryRun == nil } + memory.runs.values
        return runs.sorted { (Int64($0.id) ?? 0) < (Int64($1.id) ?? 0) }
            .map { RunSnapshot(run: $0, waitingFor: live[$0.id]?.awaiting.words ?? "", at: now) }
    }

    public func snapshot(of run: String) -> RunSnapshot? { openRuns.first { $0.run.id == run } }

    /// What is remembered of a playbook and a subject: cooldown, breaker, heals.
    public func course(of playbook: String, _ subject: Labels) -> Course { memory.course(of: playbook, subject) }

    /// The same of all that are remembered, by playbook and subject.
    public var courses: [Course] {
        memory.courses.values.sorted { ($0.playbook, $0.subject) < ($1.playbook, $1.subject) }
    }

    public var currentSettings: HealingSettings { settings }

    public var storm: Storm? { memory.storm }

    /// Who stopped healing; nil while it goes on.
    public var killSwitch: KillSwitch? { memory.killSwitch.flatMap { $0.isOver(at: now) ? nil : $0 } }

    /// The identity of the newest run.
    var newestRun: Int64 { Swift.max(memory.newestRun, considered.keys.compactMap { Int64($0) }.max() ?? 0) }
}

extension Run {
    fileprivate var facts: [(String, JSONValue)] {
        [
            (
                "steps",
                .array(
                    steps.map { record in
                        let step = plan.steps[record.step]
                        return [
                            "name": .string(step.name), "action": .string(step.action), "result": .string(record.word),
                        ]
                    }
                )
            ),
            ("refused", .array(progress.verdicts.filter { !$0.isAllowed }.map { .string($0.sentence) })),
            ("digest", .string(plan.digest)),
        ]
    }
}

extension StepRecord {
    /// How it went, in a word or a sentence.
    public var word: String {
        if let skipped { return "skipped: \(skipped)" }
        switch outcome?.result {
        case nil: return "begun"
        case .succeeded: return "succeeded"
        case .failed(let reason): return "failed: \(reason)"
        case .timedOut: return "timed out"
        case .cancelled: return "cancelled"
        case .unknown: return "unknown"
        case .notDone(let reason): return "not done: \(reason)"
        }
    }
}
