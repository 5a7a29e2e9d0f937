import JSON
import Metrics
import PromQL

/// A systemd unit as the agent's samples tell of it.
struct UnitReport: Sendable {
    let name: String
    let instance: String
    let state: String
    var started: Timestamp?
    var restarts: Double?
    var memoryBytes: Double?
    var tasks: Double?
    /// Of one processor, over the last minutes.
    var processorShare: Double?

    var isIll: Bool { state == "failed" }

    func write(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("name", name)
            writer.member("instance", instance)
            writer.member("state", state)
            if let started { writer.member("started", started.rfc3339Text) }
            for (name, value) in [
                ("restarts", restarts), ("memoryBytes", memoryBytes), ("tasks", tasks),
                ("processorShare", processorShare),
            ] {
                if let value { writer.member(name) { $0.value(value) } }
            }
        }
    }
}

extension AgentClient {
    /// Units whose names match one of the patterns (`*` and `?`, as with systemctl), or all of them; the failed ones first.
    func units(_ patterns: [String], state: String? = nil) throws(AgentFailure) -> [UnitReport] {
        let names = patterns.isEmpty ? "" : ",name=~\(Labels.quoted(UnitPattern.expression(patterns)))"
        let stated = state.map { ",state=\(Labels.quoted($0))" } ?? ""
        let states = try vector("node_systemd_unit_state{name!=\"\"\(names)\(stated)} == 1")
        if states.isEmpty { return [] }
        func values(_ query: String) throws(AgentFailure) -> [UnitKey: Double] {
            let found = try vector(query).map { (UnitKey($0.labels), $0.value.number) }
            return Dictionary(found, uniquingKeysWith: { first, _ in first })
        }
        let selector = "{name!=\"\"\(names)}"
        let started = try values("node_systemd_unit_start_time_seconds\(selector) > 0")
        let restarts = try values("node_systemd_service_restart_total\(selector)")
        let memory = try values("systemd_unit_memory_current_bytes\(selector)")
        let tasks = try values("node_systemd_unit_tasks_current\(selector)")
        let processor = try values(
            "sum by (instance, name) (rate(systemd_unit_cpu_seconds_total\(selector)[5m]))"
        )
        return states.map { element in
            let key = UnitKey(element.labels)
            return UnitReport(
                name: key.name,
                instance: key.instance,
                state: element.labels["state"] ?? "",
                started: started[key].flatMap { $0 < 0x1p52 ? Timestamp(milliseconds: Int64($0 * 1_000)) : nil },
                restarts: restarts[key],
                memoryBytes: memory[key],
                tasks: tasks[key],
                processorShare: processor[key]
            )
        }
        .sorted { left, right in
            left.isIll != right.isIll ? left.isIll : (left.name, left.instance) < (right.name, right.instance)
        }
    }
}

private struct UnitKey: Hashable {
    let name: String
    let instance: String

    init(_ labels: Labels) {
        name = labels["name"] ?? ""
        instance = labels["instance"] ?? ""
    }
}

/// Names of units as people write them.
enum UnitPattern {
    private static let kinds = [
        "service", "socket", "timer", "target", "mount", "automount", "swap", "path", "slice", "scope", "device",
    ]

    /// The name in full: what has no kind is a service.
    static func full(_ name: String) -> String {
        let hasKind = kinds.contains { name.hasSuffix(".\($0)") }
        return hasKind || name.hasSuffix("*") ? name : name + ".service"
    }

    /// A regular expression for any of the patterns.
    static func expression(_ patterns: [String]) -> String {
        patterns.map { pattern in
            full(pattern).unicodeScalars.map { scalar in
                switch scalar {
                case "*": ".*"
                case "?": "."
                case "\\", ".", "+", "(", ")", "[", "]", "{", "}", "|", "^", "$": "\\\(scalar)"
                default: String(scalar)
                }
            }
            .joined()
        }
        .joined(separator: "|")
    }
}
