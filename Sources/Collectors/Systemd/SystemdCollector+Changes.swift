import Configuration
import EventLoop
import Instruments
import Logging
import Metrics
import Storage
import SystemBus
import Systemd

// What systemd tells by itself.
extension SystemdCollector {
    func note(_ change: UnitChange) {
        switch change {
        case .properties(let update): note(update)
        case .managerAppeared: appeared()
        case .managerVanished: mourn()
        case .reloading(let begins):
            isReloading = begins
            if !begins { listAll() }
        case .unitNew(let name): listSoon(name)
        case .unitRemoved(let name):
            newUnits.remove(name)
            // While systemd reads its files again it takes leave of all its units, and most of them come back at once.
            if !isReloading { remove(name) }
        case .jobNew, .jobRemoved: break
        }
    }

    private func appeared() {
        mourning?.cancel()
        mourning = nil
        isReloading = false
        overview.set(isUp: true)
        manager.managerProperty("Version") { [weak self] result in
            if case .success(let value) = result, let text = value.text { self?.overview.set(version: text) }
        }
        manager.managerProperty("Virtualization") { [weak self] result in
            if case .success(let value) = result, let text = value.text { self?.overview.set(virtualization: text) }
        }
        listAll()
        askSystemState()
    }

    private func note(_ update: UnitUpdate) {
        guard let record = units[update.unit] else {
            // A new unit that does something already need not wait for the list.
            if update.part == .unit, let active = update.active, active != .inactive, newUnits.contains(update.unit) {
                add(update.unit, active)
            }
            return
        }
        switch update.part {
        case .unit:
            if let entered = update.activeEnter { record.activeSince = Double(entered) / 1_000_000 }
            if let active = update.active { set(record, active) }
        case .service:
            guard let restarts = update.restarts, record.series != nil else { return }
            record.restarts = Double(restarts)
            record.series?.set(.restarts, record.restarts)
            changed(record)
        case .timer:
            guard let trigger = update.values["LastTriggerUSec"]?.unsigned, record.series != nil else { return }
            record.series?.set(.lastTrigger, Double(trigger) / 1_000_000)
            changed(record)
        case .socket: break
        }
    }

    func changed(_ record: UnitRecord) {
        guard let series = record.series else { return }
        shards.noteChange(series.shard)
        commitSoon()
    }

    /// The unit's state is a sample at once. One that was not yet written is written first: a failure that lasts a moment is seen too.
    private func set(_ record: UnitRecord, _ active: ActiveState) {
        let old = record.active
        if old != active, record.hasUnwrittenState, let series = record.series {
            shards.commit(series.shard, at: now) { timeline, time in
                writtenRows.add()
                landed(timeline, time)
            }
        }
        record.active = active
        if old != active {
            overview.count(from: old, to: active)
            if old == .failed || active == .failed { askSystemState() }
        }
        guard let series = record.series else { return }
        series.setState(active, since: record.activeSince)
        if !record.hasUnwrittenState {
            record.hasUnwrittenState = true
            unwritten.append(record.name)
        }
        if active == .active, record.controlGroup == nil { ask(record, .controlGroup) }
        if active == .inactive || active == .failed { record.series?.dropResources() }
        changed(record)
    }

    // MARK: - Lists

    private func listSoon(_ name: String) {
        guard units[name] == nil, newUnits.count < settings.maxUnits else { return }
        let isFirst = newUnits.isEmpty
        newUnits.insert(name)
        guard isFirst else { return }
        manager.bus.loop.after(Self.newUnitsPause) { [weak self] in
            guard let self, !newUnits.isEmpty else { return }
            let names = newUnits
            // A pattern, not a name: a question by name would make systemd load units that have gone.
            manager.units(matching: names.sorted().map(Self.pattern)) { [weak self] result in
                guard let self else { return }
                newUnits.subtract(names)
                guard case .success(let list) = result else { return }
                for summary in list { note(summary) }
                commitSoon()
            }
        }
    }

    /// A shell pattern that only the name itself matches.
    private static func pattern(_ name: String) -> String {
        var pattern = ""
        for scalar in name.unicodeScalars {
            if "\\*?[".unicodeScalars.contains(scalar) { pattern.unicodeScalars.append("\\") }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern
    }

    private func listAll() {
        manager.units { [weak self] result in
            guard let self else { return }
            switch result {
            case .success(let list):
                let names = Set(list.map(\.name))
                for name in units.keys where !names.contains(name) { remove(name) }
                for summary in list { note(summary) }
                commitSoon()
            case .failure(let error):
                log.warning("the units cannot be listed", ["reason": error.description])
            }
        }
    }

    private func note(_ summary: UnitSummary) {
        guard let record = units[summary.name] else {
            if summary.load == .loaded { add(summary.name, summary.active) }
            return
        }
        guard record.active != summary.active else { return }
        set(record, summary.active)
        if summary.active == .active { ask(record, .activeEnter) }
    }

    // MARK: - Coming and going

    private func add(_ name: String, _ active: ActiveState) {
        var isIncluded = filter.takes(name)
        if isIncluded {
            includedCount += 1
            isIncluded = includedCount <= settings.maxUnits
        }
        let record = UnitRecord(name, isIncluded: isIncluded, active: active)
        units[name] = record
        newUnits.remove(name)
        overview.count(from: nil, to: active)
        updateGauges()
        guard isIncluded else { return }
        if record.serviceType == nil {
            // Its series have the type among their labels.
            ask(record, .serviceType)
        } else {
            furnish(record)
        }
    }

    /// Gives the unit its series, and asks for what else there is to know.
    func furnish(_ record: UnitRecord) {
        do {
            try shards.place(record)
        } catch {
            log.warning("a unit has no series", ["unit": record.name, "reason": error.description])
            return
        }
        record.series?.setState(record.active, since: record.activeSince)
        if record.active == .active {
            if record.activeSince == 0 { ask(record, .activeEnter) }
            ask(record, .controlGroup)
        }
        switch record.kind {
        case "service": ask(record, .restarts)
        case "timer": ask(record, .lastTrigger)
        case "socket": ask(record, .acceptsConnections)
        default: break
        }
        changed(record)
    }

    private func remove(_ name: String) {
        guard let record = units.removeValue(forKey: name) else { return }
        if filter.takes(name) { includedCount -= 1 }
        overview.count(from: record.active, to: nil)
        shards.remove(record)
        updateGauges()
        commitSoon()
    }

    private func updateGauges() {
        watchedUnits.set(Double(Swift.min(includedCount, settings.maxUnits)))
        ignoredUnits.set(Double(Swift.max(0, includedCount - settings.maxUnits)))
    }
}
