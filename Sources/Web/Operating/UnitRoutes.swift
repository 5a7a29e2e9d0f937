import EventLoop
import History
import HTTPServer
import JSON
import Metrics
import Playbooks
import PromQL
import Rules

/// systemd's units: how each is, and what medic makes of it.
struct UnitRoutes: Sendable {
    private let desk: any OperatingDesk

    private static let runsShown = 20
    private static let journalLines = 50

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/units") { _ in await list() },
            Route([.get], "/medic/v1/units/{name}") { call throws(WebRefusal) in try await details(call) },
        ]
    }

    // MARK: All

    /// What the samples say of the units that are watched, by metric and unit.
    private func sampled() async -> [String: [String: Double]] {
        let engine = desk.engine
        return await offload {
            var values: [String: [String: Double]] = [:]
            for metric in [
                "node_systemd_unit_start_time_seconds", "node_systemd_service_restart_total",
                "systemd_unit_memory_current_bytes", "node_systemd_unit_tasks_current",
            ] {
                for element in Self.vector(metric, engine) {
                    if let name = element.labels["name"] { values[metric, default: [:]][name] = element.value.number }
                }
            }
            return values
        }
    }

    private static func vector(_ text: String, _ engine: Engine) -> [VectorElement] {
        guard let tree = try? parse(text), let result = try? engine.prepare(tree, text: text).instant(at: .now),
            case .vector(let elements) = result.value
        else { return [] }
        return elements
    }

    private func list() async -> HTTPServer.Reply {
        let engine = desk.engine
        let states = await offload { Self.vector("node_systemd_unit_state == 1", engine) }
        let values = await sampled()
        let known = Dictionary((await desk.units() ?? []).map { ($0.name, $0) }) { first, _ in first }
        let alerts = await desk.foundAlerts().compactMap { AlertTree.unit(of: $0.alert.labels) }
        var units: [(name: String, state: String)] = []
        var seen: Set<String> = []
        for element in states {
            guard let name = element.labels["name"], seen.insert(name).inserted else { continue }
            units.append((name, known[name]?.active ?? element.labels["state"] ?? "unknown"))
        }
        if units.isEmpty { units = known.values.map { ($0.name, $0.active) } }
        units.sort { ($0.state == "failed" ? 0 : 1, $0.name) < ($1.state == "failed" ? 0 : 1, $1.name) }
        return .success(
            .tree { tree in
                tree.add(
                    "units",
                    list: units.map { name, state in
                        func value(_ metric: String) -> Double? { values[metric]?[name] }
                        return .tree { tree in
                            tree.add("name", text: name)
                            tree.add("description", text: known[name]?.description)
                            tree.add("state", text: state)
                            tree.add("sub", text: known[name]?.sub)
                            tree.add("isIll", flag: state == "failed")
                            tree.add("since", at: Self.moment(value("node_systemd_unit_start_time_seconds")))
                            tree.add("restarts", number: Self.whole(value("node_systemd_service_restart_total")))
                            tree.add("memoryBytes", number: Self.whole(value("systemd_unit_memory_current_bytes")))
                            tree.add("tasks", number: Self.whole(value("node_systemd_unit_tasks_current")))
                            tree.add("alerts", number: alerts.count { $0.utf8.elementsEqual(name.utf8) })
                        }
                    }
                )
            }
        )
    }

    private static func whole(_ value: Double?) -> Int? { value.flatMap { Int(exactly: $0.rounded()) } }

    private static func moment(_ seconds: Double?) -> Timestamp? {
        guard let seconds, seconds > 0, seconds < 0x1p43 else { return nil }
        return Timestamp(milliseconds: Int64(seconds * 1_000))
    }

    // MARK: One

    private func details(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let name = call.part("name")
        let report = await desk.unit(name)
        let alerts = await desk.foundAlerts().filter {
            AlertTree.unit(of: $0.alert.labels)?.utf8.elementsEqual(name.utf8) == true
        }
        let runsShown = Self.runsShown
        let runs = try await desk.answer { reader throws(HistoryError) in
            try reader.runs(HistoryFilter(unit: name), limit: runsShown).elements
        }
        guard report != nil || !alerts.isEmpty || !runs.isEmpty else {
            throw WebRefusal(.notFound, "there is no unit \(name)")
        }
        let journal = await desk.journal(of: name, lines: Self.journalLines)
        let open = Dictionary(await desk.openRuns().map { ($0.run.id, $0) }) { first, _ in first }
        let playbooks = await ReasonTree(desk: desk).playbooks(of: runs)
        return .success(
            .tree { tree in
                tree.add("name", text: name)
                if let report { Self.describe(report, &tree) }
                tree.add("alerts", list: alerts.map { AlertTree.line($0) })
                tree.add("runs", list: runs.map { RunTree.line($0, open[$0.id]) })
                tree.add("playbooks", list: playbooks)
                tree.add("journal", list: AlertTree.journal(journal))
            }
        )
    }

    private static func describe(_ report: UnitReport, _ tree: inout TreeBuilder) {
        tree.add("description", words: report.line.description)
        tree.add("load", words: report.load)
        tree.add("state", text: report.line.active)
        tree.add("sub", words: report.line.sub)
        tree.add("isIll", flag: report.line.active == "failed")
        tree.add("result", words: report.result)
        tree.add("statusText", words: report.statusText)
        tree.add("mainPID", number: report.mainPID)
        tree.add("restarts", number: report.restarts)
        tree.add("since", at: report.since)
        tree.add("uptimeSeconds", span: report.uptime)
        tree.add("memoryBytes", number: report.memoryBytes)
        tree.add("tasks", number: report.tasks)
        tree.add("cpuSeconds", span: report.processorTime)
        tree.add("invocation", text: report.invocation)
        tree.add("needs", texts: report.needs)
    }
}
