import Metrics
import Playbooks

/// What was recorded and told of runs, as a test looks at it afterwards.
struct HealingChronicle {
    /// Every run that was recorded, oldest first.
    private(set) var runs: [Run] = []
    /// What was told, and when.
    private(set) var notices: [(time: Milliseconds, notice: HealingNotice)] = []
    /// By run, the actions of the attempts that were begun, in order.
    private(set) var attempts: [String: [String]] = [:]
    private(set) var held: Set<Labels> = []
    /// By run, how often the patient was looked at, and what was seen last.
    private(set) var looks: [String: (count: Int, last: Measurement)] = [:]

    mutating func note(_ record: HealingRecord) {
        switch record {
        case .opened(let run):
            if let place = place(of: run.id) { runs[place] = run } else { runs.append(run) }
        case .progress(let id, let progress):
            if let place = place(of: id) { runs[place].progress = progress }
        case .intent(let id, let step):
            guard let place = place(of: id) else { return }
            runs[place].note(step)
            attempts[id, default: []].append(runs[place].plan.steps[step.step].action)
        case .outcome(let id, let step):
            if let place = place(of: id) { runs[place].note(step) }
        case .measured(let id, let measurement, _):
            looks[id] = ((looks[id]?.count ?? 0) + 1, measurement)
        case .started, .course, .attempt, .identity, .storm, .killSwitch, .webhook, .act: break
        }
    }

    mutating func note(_ notice: HealingNotice, at time: Milliseconds) { notices.append((time, notice)) }
    mutating func hold(_ alert: Labels) { held.insert(alert) }
    mutating func release(_ alert: Labels) { held.remove(alert) }

    private func place(of id: String) -> Int? { runs.lastIndex { $0.id == id } }
}
