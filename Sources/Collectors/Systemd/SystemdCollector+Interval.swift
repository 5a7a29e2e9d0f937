import Configuration
import EventLoop
import Metrics
import SystemBus
import Systemd

// What has to be looked at, and that everything has a fresh sample.
extension SystemdCollector {
    func tick() {
        interval = manager.bus.loop.after(.milliseconds(settings.basics.interval.rawValue)) { [weak self] in
            self?.tick()
        }
        guard mourning == nil, !units.isEmpty else {
            commit(all: true)
            return
        }
        askSystemState()
        for record in units.values where record.acceptsConnections && record.series != nil { askConnections(record) }
        let withGroups = units.values.filter { $0.controlGroup != nil && $0.active == .active && $0.series != nil }
        readGroups(withGroups[...])
    }

    /// A part of them in each turn of the loop: what happens meanwhile is not kept waiting.
    private func readGroups(_ records: ArraySlice<UnitRecord>) {
        for record in records.prefix(Self.groupsPerTurn) where record.active == .active { readGroup(record) }
        let rest = records.dropFirst(Self.groupsPerTurn)
        guard !rest.isEmpty else {
            commit(all: true)
            return
        }
        manager.bus.loop.submit { [weak self] in self?.readGroups(rest) }
    }

    func readGroup(_ record: UnitRecord) {
        guard let group = record.controlGroup, record.series != nil else { return }
        let cpu = group.cpu
        record.series?.set(.cpuUser, cpu?.userSeconds)
        record.series?.set(.cpuSystem, cpu?.systemSeconds)
        record.series?.set(.memory, group.memoryBytes)
        guard record.kind == "service" else { return }
        record.series?.set(.tasks, group.tasks)
        record.series?.set(.tasksMax, group.tasksMax)
    }
}
