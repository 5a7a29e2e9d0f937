import Instruments
import Metrics
import Playbooks

/// What healing does, as numbers: for dashboards, and for rules about medic itself.
///
/// Belongs to the core's loop.
final class HealingNumbers {
    private let instruments: Instruments
    private let waiting: Gauge
    private let stopped: Gauge
    private let storm: Gauge
    private let timesToHeal: Histogram
    private var breakers: [String: Gauge] = [:]
    private var ended: [String: Counter] = [:]

    // Playbooks come from files, so that there are as many as somebody has written; more are counted together.
    private static let playbooksMax = 500

    init(_ instruments: Instruments) {
        self.instruments = instruments
        waiting = instruments.gauge("medic_healing_runs_waiting", help: "Runs that wait for an operator's word.")
        stopped = instruments.gauge("medic_healing_stopped", help: "1 while healing is stopped.")
        storm = instruments.gauge("medic_healing_storm", help: "1 while too many are ill at once.")
        timesToHeal = instruments.histogram(
            "medic_healing_seconds",
            help: "From the opening of a run that healed to its end.",
            buckets: [0.1, 0.5, 1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600]
        )
    }

    /// How it stands after something has happened.
    func show(_ healer: Healer) {
        let runs = healer.openRuns
        waiting.set(Double(runs.count { if case .waiting = $0.run.progress.phase { true } else { false } }))
        stopped.set(healer.killSwitch == nil ? 0 : 1)
        storm.set(healer.storm == nil ? 0 : 1)
    }

    /// How many subjects of each playbook have a breaker that is not closed: such a playbook asks before it does anything.
    func show(breakersOf courses: [Course]) {
        var counts: [String: Int] = breakers.mapValues { _ in 0 }
        for course in courses {
            counts[name(course.playbook, among: breakers.count), default: 0] += course.breaker == .closed ? 0 : 1
        }
        for (playbook, count) in counts { gauge(of: playbook).set(Double(count)) }
    }

    /// A run has ended.
    func count(_ run: Run, _ ending: RunEnding) {
        let playbook = name(run.playbook, among: ended.count / RunEnding.allCases.count)
        let key = "\(playbook)\u{0}\(ending.rawValue)"
        let counter =
            ended[key]
            ?? instruments.counter(
                "medic_playbooks_runs_total",
                help: "Runs of a playbook by how they ended.",
                labels: [("playbook", playbook), ("state", ending.rawValue)]
            )
        ended[key] = counter
        counter.add()
        if ending == .healed, let end = run.progress.endedAt { timesToHeal.observe(run.openedAt.age(at: end).seconds) }
    }

    private func name(_ playbook: String, among count: Int) -> String {
        count < Self.playbooksMax || breakers[playbook] != nil ? playbook : "others"
    }

    private func gauge(of playbook: String) -> Gauge {
        if let known = breakers[playbook] { return known }
        let made = instruments.gauge(
            "medic_playbooks_breakers_open",
            help: "Subjects for which a playbook's breaker is not closed, so that it asks first.",
            labels: [("playbook", playbook)]
        )
        breakers[playbook] = made
        return made
    }
}
