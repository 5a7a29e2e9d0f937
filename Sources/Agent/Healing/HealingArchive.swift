import Alerting
import History
import Instruments
import JSON
import Logging
import Metrics
import Playbooks
import Web

/// Puts what the run machine remembers into the history: once so that a machine can be made from it again, and once so that people can
/// read it.
///
/// Belongs to the core's loop.
final class HealingArchive {
    private let history: HistoryStore
    /// Runs of which more may be recorded, as lists show them.
    private var entries: [String: RunEntry] = [:]
    private(set) var runs: [String: Run] = [:]
    let events: EventHub

    /// Nothing needs starts and attempts after the longest window that a limit may have.
    private static let marksKept = Guards.Limit.longestWindow + .days(1)

    private let instruments: Instruments
    private let open: Gauge
    private let log: Logger

    init(_ history: HistoryStore, events: EventHub, instruments: Instruments, log: Logger) {
        self.log = log
        self.history = history
        self.events = events
        self.instruments = instruments
        open = instruments.gauge("medic_healing_runs_open", help: "Runs of playbooks that have something left to do.")
        for ending in RunEnding.allCases { ended(ending.rawValue).add(0) }
    }

    private func ended(_ state: String) -> Counter {
        instruments.counter("medic_healing_runs_total", help: "Runs by how they ended.", labels: [("state", state)])
    }

    /// Everything that was kept, in an order from which a machine can be made: a run before what became of it.
    func restore() throws -> [HealingRecord] {
        let kept = try history.read { reader throws(HistoryError) in try reader.kept(.healing) }
        let records = kept.compactMap { value in
            HealingRecord(json: value.value).map { (rank: Self.rank(of: $0), at: value.at, record: $0) }
        }
        return records.sorted { ($0.rank, $0.at) < ($1.rank, $1.at) }.map(\.record)
    }

    /// Forgets what a machine made from the checkpoint no longer needs.
    func keepOnly(_ checkpoint: [HealingRecord]) throws {
        let needed = Set(checkpoint.compactMap { Self.key(of: $0) })
        let kept = try history.read { reader throws(HistoryError) in try reader.kept(.healing) }
        let superfluous = kept.filter { !needed.contains($0.key) && !Self.belongs($0.key, to: needed) }
        history.writer.submit(superfluous.map { .forget(.healing, key: $0.key) }, durability: .grouped)
        for case .opened(let run) in checkpoint { begin(run) }
    }

    /// Hands a record on; `then` is called when it is as durable as it was meant to be.
    func keep(
        _ record: HealingRecord,
        _ durability: Playbooks.Durability,
        at now: Timestamp,
        then: @escaping @Sendable (String?) -> Void
    ) {
        history.writer.submit(changes(for: record, at: now), durability: durability == .synced ? .synced : .grouped) {
            result in
            switch result {
            case .success: then(nil)
            case .failure(let error): then("\(error)")
            }
        }
    }

    /// What is written of a record: once for machines, and once for people.
    func changes(for record: HealingRecord, at now: Timestamp) -> [HistoryChange] {
        var changes: [HistoryChange] = []
        if let key = Self.key(of: record) {
            let expires: Timestamp? =
                switch record {
                case .started, .attempt: now + Self.marksKept
                default: nil
                }
            changes.append(.keep(KeptValue(.healing, key, at: now, expires: expires, record.json)))
        }
        return changes + readable(record, at: now)
    }

    // MARK: For machines

    private static func rank(of record: HealingRecord) -> Int {
        switch record {
        case .opened: 0
        case .progress: 1
        default: 2
        }
    }

    /// Records with the same key replace each other; nil for those from which nothing is rebuilt.
    private static func key(of record: HealingRecord) -> String? {
        switch record {
        case .opened(let run): "run/\(run.id)"
        case .progress(let run, _): "run/\(run)/progress"
        case .intent(let run, let step), .outcome(let run, let step): "run/\(run)/step/\(step.step)"
        case .started(let mark): "start/\(mark.run)"
        case .attempt(let mark): "attempt/\(mark.subject)/\(mark.at.wall.rawValue)"
        case .course(let course): "course/\(course.playbook)/\(course.subject)"
        case .identity(let identity): "identity/\(identity.alias)"
        case .storm: "storm"
        case .killSwitch: "kill_switch"
        case .webhook(let labels, _): "webhook/\(labels)"
        case .measured, .act: nil
        }
    }

    /// Whether the key is of a part of one of these runs.
    private static func belongs(_ key: String, to needed: Set<String>) -> Bool {
        let parts = key.split(separator: "/")
        return parts.count > 2 && parts[0] == "run" && needed.contains("run/\(parts[1])")
    }

    // MARK: For people

    private func begin(_ run: Run) {
        runs[run.id] = run
        entries[run.id] = RunEntry(
            id: run.id,
            playbook: run.playbook,
            subject: run.subject.description,
            alert: run.alert.labels["alertname"],
            fingerprint: Fingerprint(run.alert.labels).description,
            unit: run.plan.units.first,
            state: run.progress.phase.name,
            opened: run.openedAt.wall,
            ended: run.progress.endedAt?.wall,
            text: run.progress.reason,
            payload: HealingRecord.opened(run).json["opened"] ?? .null
        )
    }

    private func readable(_ record: HealingRecord, at now: Timestamp) -> [HistoryChange] {
        switch record {
        case .opened(let run):
            begin(run)
            return runChanges(run.id, run.progress, isNew: true, at: now)
        case .progress(let run, let progress): return runChanges(run, progress, isNew: false, at: now)
        case .intent(let run, let step):
            tell(step, of: run, at: now)
            let intent = StepIntent(
                run: run,
                step: step.step,
                attempt: step.attempt,
                action: action(run, step.step),
                at: step.begunAt.wall,
                payload: record.json["intent"] ?? .null
            )
            return [.intent(intent)]
        case .outcome(let run, let step):
            tell(step, of: run, at: now)
            return outcomeChanges(run, step, payload: record.json["outcome"] ?? .null, at: now)
        case .measured(let run, let measurement, _):
            return [measured(run, measurement, at: now)]
        case .act(let act):
            return [
                line(
                    .act,
                    act.what,
                    nil,
                    "\(act.by): \(act.what)\(act.reason.isEmpty ? "" : ": \(act.reason)")",
                    at: now
                )
            ]
        case .storm(let storm):
            return [
                line(.medic, storm == nil ? "storm_over" : "storm", nil, storm?.reason ?? "the storm is over", at: now)
            ]
        case .killSwitch(let stop):
            let text = stop.map { "healing is stopped by \($0.by): \($0.reason)" } ?? "healing goes on"
            return [line(.medic, stop == nil ? "healing_resumed" : "healing_stopped", nil, text, at: now)]
        case .started, .course, .attempt, .identity, .webhook: return []
        }
    }

    private func runChanges(_ id: String, _ progress: RunProgress, isNew: Bool, at now: Timestamp) -> [HistoryChange] {
        guard var entry = entries[id] else { return [] }
        let state = progress.phase.name
        let isChanged = isNew || entry.state != state
        let hasNewVerdicts = isNew || runs[id]?.progress.verdicts != progress.verdicts
        entry.state = state
        entry.ended = progress.endedAt?.wall
        entry.text = progress.reason
        runs[id]?.progress = progress
        if let run = runs[id] {
            entry.payloadText = HealingRecord.opened(run).json["opened"]?.description ?? ""
            tell(run, at: now)
        }
        entries[id] = entry
        var changes: [HistoryChange] = [.run(entry)]
        if isChanged {
            if let ending = progress.phase.ending { ended(ending.rawValue).add(1) }
            let reason = progress.reason.isEmpty ? "" : ": \(progress.reason)"
            changes.append(line(.run, state, id, "\(entry.playbook) is \(state)\(reason)", at: now))
            for verdict in progress.verdicts where !verdict.isAllowed && hasNewVerdicts {
                changes.append(line(.verdict, verdict.guardName.rawValue, id, verdict.sentence, at: now))
            }
        }
        if progress.phase.ending != nil, progress.aftercare == .none || progress.aftercare == .done {
            entries[id] = nil
            runs[id] = nil
        }
        open.set(Double(entries.count))
        return changes
    }

    private func outcomeChanges(_ run: String, _ step: StepRecord, payload: JSONValue, at now: Timestamp)
        -> [HistoryChange]
    {
        // What was passed over is found with the run alone.
        if step.skipped != nil { runs[run]?.note(step) }
        let action = action(run, step.step)
        let line = line(.step, action, run, "\(action) \(step.word)", at: now)
        // A step that is passed over was not meant to be done, and what became of a former attempt is another matter.
        guard step.attempt > 0, step.skipped == nil else { return [line] }
        let outcome = StepOutcome(
            run: run,
            step: step.step,
            attempt: step.attempt,
            at: step.endedAt?.wall ?? now,
            result: step.word,
            payload: payload
        )
        return [.outcome(outcome), line]
    }

    func action(_ run: String, _ step: Int) -> String {
        guard let steps = runs[run]?.plan.steps, steps.indices.contains(step) else { return "?" }
        return steps[step].action
    }

    func line(
        _ kind: HistoryRecord.Kind,
        _ name: String,
        _ run: String?,
        _ text: String,
        payload: JSONValue = .null,
        at now: Timestamp
    ) -> HistoryChange {
        let entry = run.flatMap { entries[$0] }
        let record = HistoryRecord(
            at: now,
            kind: kind,
            name: name,
            alert: entry?.alert,
            fingerprint: entry?.fingerprint,
            playbook: entry?.playbook,
            unit: entry?.unit,
            run: run,
            text: text,
            payload: payload
        )
        if kind == .step || kind == .run && name != "measured" {
            log.info("a run goes on", ["run": run ?? "", "what": text])
        }
        if kind == .act || kind == .medic { events.publish(.record) { HistoryTree.record(record) } }
        return .record(record)
    }
}
