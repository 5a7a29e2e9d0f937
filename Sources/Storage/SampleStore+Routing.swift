import Metrics
import Synchronization

/// Samples that do not go where their frame goes: series with a timeline of their own, series that two sources write, and
/// series that come back.
extension SampleStore {
    /// Stores the routed values of a frame. Each is refused by itself, and counted.
    func store(_ routed: [(slot: Int, route: SlotRoute, value: Double)], at time: Int64, from timeline: Timeline) {
        structure.withLock { structure in
            for (slot, route, value) in routed {
                switch route {
                case .sink:
                    counters.withLock { $0.refusedSamples &+= 1 }
                case .dormant(let packed):
                    if let series = index.withLock({ $0.find(packedLabels: packed) }) {
                        // It came back elsewhere meanwhile.
                        timeline.writing.withLock { $0.routes[slot] = .elsewhere(series: series) }
                        handOn(value, at: time, toSeries: series, &structure)
                    } else {
                        revive(packed, slot: slot, in: timeline, at: time, value)
                    }
                case .elsewhere(let series):
                    handOn(value, at: time, toSeries: series, &structure)
                }
            }
        }
    }

    private func handOn(_ value: Double, at time: Int64, toSeries series: UInt32, _ structure: inout Structure) {
        guard let home = currentHome(of: series) else { return }
        // That a source has ended says nothing about a series that lives elsewhere now.
        if value.isStaleMarker, timeline(home.timeline)?.isSolo != true { return }
        try? append(value, at: time, toSeries: series, at: home, &structure)
    }

    /// Appends to the present home of a series if that is a timeline of its own, and otherwise gives it one.
    func append(
        _ value: Double,
        at time: Int64,
        toSeries series: UInt32,
        at home: Home,
        _ structure: inout Structure
    ) throws(StorageRefusal) {
        guard let source = timeline(home.timeline) else { return }
        if source.isSolo { return try appendSolo(source, time, value) }
        let newest = source.writing.withLock { _ in source.newestSample(in: home) }
        if let newest, time <= newest.time {
            try refuse(value, at: time, newest: newest.time, itsValue: newest.value)
            return
        }
        let solo = try makeTimeline(named: "", isSolo: true, &structure)
        source.writing.withLock { writing in
            // Looked at again: the source may have stored another frame meanwhile.
            let newest = source.newestSample(in: home)
            writing.routes[home.slot] = .elsewhere(series: series)
            solo.writing.withLock { soloWriting in
                let slot = soloWriting.newSlot(for: series)
                settle(series, in: solo, slot: slot, since: newest.map { $0.time &+ 1 } ?? home.since)
                soloWriting.newestTime = newest?.time ?? .min
            }
        }
        try appendSolo(solo, time, value)
    }

    func appendSolo(_ solo: Timeline, _ time: Int64, _ value: Double) throws(StorageRefusal) {
        let refused = solo.writing.withLock { writing -> (newest: Int64, value: Double)? in
            if writing.newestTime != .min, time <= writing.newestTime {
                return (writing.newestTime, solo.newestSample(slot: 0)?.value ?? MarkerNaN.absent)
            }
            var value = value
            let outcome = unsafe withUnsafePointer(to: &value) { pointer in
                let values = unsafe UnsafeBufferPointer(start: pointer, count: 1)
                return unsafe solo.append(time, values, to: &writing)
            }
            noteFrame(of: solo, at: time)
            count(outcome)
            return nil
        }
        guard let refused else { return }
        try refuse(value, at: time, newest: refused.newest, itsValue: refused.value)
    }

    /// Takes the same sample again silently, and refuses the others that are not newer.
    private func refuse(_ value: Double, at time: Int64, newest: Int64, itsValue: Double) throws(StorageRefusal) {
        if time < newest {
            counters.withLock { $0.outOfOrderSamples &+= 1 }
            throw .outOfOrder(given: Timestamp(rawValue: time), newest: Timestamp(rawValue: newest))
        }
        guard value.bitPattern != itsValue.bitPattern else { return }
        counters.withLock { $0.duplicateSamples &+= 1 }
        throw .duplicate(at: Timestamp(rawValue: time))
    }

    /// Brings a series back into the index, and its value into the frame just stored.
    private func revive(_ packed: [UInt8], slot: Int, in timeline: Timeline, at time: Int64, _ value: Double) {
        if value.isStaleMarker { return }
        guard let series = try? self.series(packedLabels: packed) else {
            counters.withLock { $0.refusedSamples &+= 1 }
            return
        }
        timeline.writing.withLock { writing in
            _ = writing.slot(for: series, formerly: slot)
            settle(series, in: timeline, slot: slot, since: time)
            var row = Array(repeating: MarkerNaN.absent, count: writing.seriesOfSlot.count)
            row[slot] = value
            guard writing.newestTime == time else { return }
            let (outcome, _) = unsafe row.withUnsafeBufferPointer { unsafe timeline.amend($0, in: &writing) }
            unsafe timeline.newestRow { unsafe journal?.frameAmended(timeline.id, at: time, values: $0) }
            count(outcome)
        }
    }
}
