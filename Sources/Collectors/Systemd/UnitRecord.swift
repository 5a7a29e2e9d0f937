import Metrics
import Systemd

/// A unit that systemd has loaded. Those that are not included only count towards the totals.
///
/// Unchecked: confined to the loop of the collector that made it.
final class UnitRecord: @unchecked Sendable {
    let name: String
    let isIncluded: Bool
    var active: ActiveState
    /// `simple`, `notify`; empty for what is no service. Known before the unit has series.
    var serviceType: String?
    var restarts: Double?
    /// When it became active, in seconds since the epoch.
    var activeSince = 0.0
    var lastTrigger: Double?
    var acceptsConnections = false
    var controlGroup: ControlGroup?
    var series: UnitSeries?
    /// A state that was set and is not yet written.
    var hasUnwrittenState = false

    init(_ name: String, isIncluded: Bool, active: ActiveState) {
        self.name = name
        self.isIncluded = isIncluded
        self.active = active
        if !name.utf8.hasSuffix(".service") { serviceType = "" }
    }

    /// The ending of the name without its dot: `service`.
    var kind: String {
        name.utf8.lastIndex(of: UInt8(ascii: ".")).map { String(name[name.utf8.index(after: $0)...]) } ?? ""
    }
}

extension Sequence<UInt8> where Self: BidirectionalCollection {
    func hasSuffix(_ text: String) -> Bool { reversed().starts(with: text.utf8.reversed()) }
}

/// The series of one unit on its sheet. Those that not every unit has are made when they first have a value.
struct UnitSeries {
    static let states: [ActiveState] = [.active, .activating, .deactivating, .inactive, .failed]

    let shard: Int
    private let sheet: SampleSheet
    private let name: Label
    private let type: Label
    private let states: [SampleSheet.Line]
    private let startTime: SampleSheet.Line
    private var others: [String: SampleSheet.Line] = [:]

    init(_ record: UnitRecord, shard: Int, sheet: SampleSheet) {
        self.shard = shard
        self.sheet = sheet
        name = Label("name", record.name)
        type = Label("type", record.kind)
        let labels = [name, Label("type", record.serviceType ?? "")]
        states = Self.states.map { state in
            sheet.line("node_systemd_unit_state", labels + [Label("state", state.rawValue)])
        }
        startTime = sheet.line("node_systemd_unit_start_time_seconds", [name])
    }

    func setState(_ active: ActiveState, since: Double) {
        for (place, state) in Self.states.enumerated() { sheet.set(states[place], state == active ? 1 : 0) }
        sheet.set(startTime, active == .active ? since : 0)
    }

    mutating func set(_ metric: UnitMetric, _ value: Double?) {
        if let value {
            let line = others[metric.key] ?? sheet.line(metric.name, metric.labels(name, type))
            others[metric.key] = line
            sheet.set(line, value)
        } else if let line = others.removeValue(forKey: metric.key) {
            sheet.drop(line)
        }
    }

    /// What the kernel accounts ends when the unit does.
    mutating func dropResources() {
        for metric in UnitMetric.resources { set(metric, nil) }
    }

    func drop() {
        for line in states + [startTime] + others.values { sheet.drop(line) }
    }
}

/// A number that a unit may have.
struct UnitMetric: Sendable {
    let name: String
    private let mode: String?
    private let hasType: Bool

    var key: String { mode ?? name }

    func labels(_ name: Label, _ type: Label) -> [Label] {
        [name] + (hasType ? [type] : []) + (mode.map { [Label("mode", $0)] } ?? [])
    }

    private init(_ name: String, mode: String? = nil, hasType: Bool = false) {
        self.name = name
        self.mode = mode
        self.hasType = hasType
    }

    static let restarts = UnitMetric("node_systemd_service_restart_total")
    static let lastTrigger = UnitMetric("node_systemd_timer_last_trigger_seconds")
    static let accepted = UnitMetric("node_systemd_socket_accepted_connections_total")
    static let connections = UnitMetric("node_systemd_socket_current_connections")
    static let refused = UnitMetric("node_systemd_socket_refused_connections_total")
    static let tasks = UnitMetric("node_systemd_unit_tasks_current")
    static let tasksMax = UnitMetric("node_systemd_unit_tasks_max")
    static let cpuUser = UnitMetric("systemd_unit_cpu_seconds_total", mode: "user", hasType: true)
    static let cpuSystem = UnitMetric("systemd_unit_cpu_seconds_total", mode: "system", hasType: true)
    static let memory = UnitMetric("systemd_unit_memory_current_bytes", hasType: true)

    static let resources = [tasks, tasksMax, cpuUser, cpuSystem, memory]
}
