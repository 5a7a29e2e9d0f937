import Metrics
import Storage
import Systemd

/// The series about systemd as a whole.
final class SystemdOverview {
    private let sheet: SampleSheet
    private let up: SampleSheet.Line
    private let success: SampleSheet.Line
    private let running: SampleSheet.Line
    private var counts: [ActiveState: Int] = [:]
    private var totals: [ActiveState: SampleSheet.Line] = [:]
    private var version: SampleSheet.Line?
    private var virtualization: SampleSheet.Line?
    private var isChanged = false
    /// Whether systemd has ever been there.
    private(set) var hasBeenUp = false

    init(_ store: SampleStore, labels: Labels, every interval: Milliseconds) throws(StorageRefusal) {
        sheet = try SampleSheet(store, named: "systemd", labels: labels, every: interval)
        up = sheet.line("up")
        success = sheet.line("node_scrape_collector_success", [Label("collector", "systemd")])
        running = sheet.line("node_systemd_system_running")
    }

    var timeline: TimelineID { sheet.timeline }
    var failedCount: Int { counts[.failed] ?? 0 }

    func set(isUp: Bool) {
        hasBeenUp = hasBeenUp || isUp
        sheet.set(up, isUp ? 1 : 0)
        sheet.set(success, isUp ? 1 : 0)
        isChanged = true
    }

    func set(isRunning: Bool) {
        sheet.set(running, isRunning ? 1 : 0)
        isChanged = true
    }

    /// A unit's state is another one; nil: it was not there, or is there no more.
    func count(from old: ActiveState?, to new: ActiveState?) {
        guard old != new else { return }
        if let old { counts[old, default: 0] -= 1 }
        if let new { counts[new, default: 0] += 1 }
        isChanged = true
    }

    /// `252.39-1~deb12u2` as a label, its number as the value.
    func set(version text: String) {
        if let version { sheet.drop(version) }
        let line = sheet.line("node_systemd_version", [Label("version", text)])
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        sheet.set(line, Double(number.split(separator: ".").prefix(2).joined(separator: ".")) ?? 0)
        version = line
        isChanged = true
    }

    func set(virtualization text: String) {
        if let virtualization { sheet.drop(virtualization) }
        let line = sheet.line(
            "node_systemd_virtualization_info",
            [Label("virtualization_type", text.isEmpty ? "none" : text)]
        )
        sheet.set(line, 1)
        virtualization = line
        isChanged = true
    }

    func forgetUnits() {
        counts = [:]
        for line in totals.values { sheet.drop(line) }
        totals = [:]
        isChanged = true
    }

    func commit(all: Bool, at time: Timestamp) -> Timestamp? {
        guard isChanged || all else { return nil }
        if !counts.isEmpty {
            for state in UnitSeries.states {
                let line = totals[state] ?? sheet.line("node_systemd_units", [Label("state", state.rawValue)])
                totals[state] = line
                sheet.set(line, Double(counts[state] ?? 0))
            }
        }
        let written = sheet.commit(at: time)
        if written != nil { isChanged = false }
        return written
    }

    func close(at time: Timestamp) {
        sheet.close(at: time)
    }
}
