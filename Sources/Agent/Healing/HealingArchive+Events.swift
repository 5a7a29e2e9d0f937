import History
import JSON
import Metrics
import Playbooks
import Web

// What is recorded is told to those who listen, too.
extension HealingArchive {
    func tell(_ run: Run, at now: Timestamp) {
        let moment = Moment(wall: now, monotonic: .zero, boot: 0)
        events.publish(.run) { RunTree.line(run, at: moment).with("at", .string(now.rfc3339Text)) }
    }

    func tell(_ step: StepRecord, of run: String, at now: Timestamp) {
        events.publish(.step) {
            .tree { tree in
                tree.add("at", at: now)
                tree.add("run", text: run)
                tree.add("playbook", text: runs[run]?.playbook)
                tree.add("index", number: step.step)
                tree.add("attempt", number: step.attempt)
                tree.add("action", text: action(run, step.step))
                tree.add("state", text: step.skipped != nil ? "skipped" : step.outcome?.result.code ?? "running")
                tree.add("message", text: step.skipped ?? step.outcome?.message)
            }
        }
    }

    /// One look at the patient.
    func measured(_ run: String, _ measurement: Measurement, at now: Timestamp) -> HistoryChange {
        let payload = JSONValue.tree { tree in
            tree.add("result", text: measurement.word)
            if case .inconclusive(let reason) = measurement { tree.add("reason", text: reason) }
        }
        events.publish(.measured) {
            payload.with("at", .string(now.rfc3339Text)).with("run", .string(run))
        }
        return line(.run, "measured", run, "the patient is \(measurement.words)", payload: payload, at: now)
    }
}

extension JSONValue {
    /// The object with one member more.
    fileprivate func with(_ name: String, _ value: JSONValue) -> JSONValue {
        guard var object else { return self }
        object[name] = value
        return .object(object)
    }
}

extension Measurement {
    /// One word for programs.
    fileprivate var word: String {
        switch self {
        case .healthy: "healthy"
        case .ill: "ill"
        case .inconclusive: "inconclusive"
        }
    }

    /// How the patient is, for the record.
    fileprivate var words: String {
        switch self {
        case .healthy: "well"
        case .ill: "ill"
        case .inconclusive(let reason): "not to be judged: \(reason)"
        }
    }
}
