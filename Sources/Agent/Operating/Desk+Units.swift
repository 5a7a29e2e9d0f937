import Alerting
import EventLoop
import Journal
import Metrics
import Systemd
import Web

// What medic's own API asks of systemd and of the journal.
extension Desk {
    // Whoever looks at a page does not wait for a bus that hangs.
    private static let patience = Duration.seconds(5)
    private static let journalBytes = 64 << 10

    func units() async -> [UnitLine]? {
        let found = try? await agent.perception.manager.units(matching: [])
        return found?.map {
            UnitLine(name: $0.name, description: $0.description, active: $0.active.rawValue, sub: $0.sub)
        }
    }

    func unit(_ name: String) async -> UnitReport? {
        guard let state = try? await agent.perception.manager.state(of: name), state.load != .notFound else {
            return nil
        }
        var report = UnitReport(
            line: UnitLine(
                name: state.name,
                description: state.description,
                active: state.active.rawValue,
                sub: state.sub
            )
        )
        report.load = state.load.rawValue
        report.result = state.result
        report.statusText = state.statusText
        report.mainPID = state.mainPID.map { Int($0) }
        report.restarts = Int(state.restarts)
        report.invocation = state.invocation
        let now = UInt64(clamping: MonotonicInstant.now.nanoseconds / 1_000)
        if let active = state.activeMicroseconds(at: now) {
            report.uptime = Milliseconds(Int64(clamping: active / 1_000))
            report.since = state.activeEnter.map { Timestamp(milliseconds: Int64(clamping: $0.wall / 1_000)) }
        }
        report.memoryBytes = state.memoryBytes.flatMap { Int(exactly: $0) }
        report.tasks = state.tasks.flatMap { Int(exactly: $0) }
        report.processorTime = state.cpuNanoseconds.map { Milliseconds(Int64(clamping: $0 / 1_000_000)) }
        let ties = state.dependencies
        report.needs = ties.requires + ties.bindsTo + ties.partOf
        return report
    }

    func journal(of unit: String, lines: Int) async -> [JournalLine] {
        guard let tail = try? await JournalTail.read(of: unit, lines: lines, bytes: Self.journalBytes) else {
            return []
        }
        return tail.entries.map { entry in
            JournalLine(
                at: Timestamp(milliseconds: Int64(clamping: entry.time / 1_000)),
                priority: entry.priorityWord,
                program: entry.identifier,
                text: entry.message
            )
        }
    }

    func tellings(of alerts: [Labels]) async -> [TellingReport?] {
        let outward = await agent.ground.core.perform { [agent] in agent.notifying.outward }
        let overview = await agent.notifying.overview()
        return alerts.map { labels in outward.labels(labels).map { Self.telling(of: $0, overview) } }
    }

    private static func telling(of outward: Labels, _ overview: AlertingOverview) -> TellingReport {
        guard let view = overview.alert(Fingerprint(outward)) else {
            let routes = overview.dispatcher.settings.routes
            return TellingReport(receivers: routes.receivers(for: outward))
        }
        return TellingReport(
            receivers: view.receivers,
            silences: view.silencedBy,
            inhibitors: view.inhibitedBy.map { [$0.description] } ?? [],
            holdingRun: view.heldBy,
            acknowledgedBy: view.acknowledgement?.by
        )
    }
}
