import Metrics
import Synchronization

extension SampleStore {
    /// The number of the series with these labels, made if there is none and the limits allow.
    func series(packedLabels: [UInt8]) throws(StorageRefusal) -> UInt32 {
        let limit = limits.maxSeries
        let outcome = index.withLock { index -> Result<UInt32, StorageRefusal> in
            if index.seriesCount >= limit {
                if let known = index.find(packedLabels: packedLabels) { return .success(known) }
                return .failure(.tooManySeries(count: index.seriesCount, limit: limit))
            }
            let before = index.byteCount
            guard let (series, isNew) = index.intern(packedLabels: packedLabels) else {
                return .failure(.identifiersExhausted)
            }
            if isNew { bytes.add(index.byteCount - before, ordering: .relaxed) }
            return .success(series)
        }
        if case .failure = outcome { counters.withLock { $0.refusedSeries &+= 1 } }
        return try outcome.get()
    }

    func currentHome(of series: UInt32) -> Home? {
        index.withLock { index in
            guard let home = index.currentHome(of: SeriesID(rawValue: series)), home.timeline.rawValue != 0 else {
                return nil
            }
            return home
        }
    }

    /// Gives the series its next home, and tells the journal. Under the write lock of the home's timeline.
    func settle(_ series: UInt32, in timeline: Timeline, slot: Int, since: Int64) {
        let packed = index.withLock { index in
            index.setHome(Home(timeline: timeline.id, slot: slot, since: since), of: series)
            return index.packedLabels(of: series)
        }
        journal?.slotDefined(timeline.id, slot: slot, since: since, packedLabels: packed)
    }

    /// A timeline for one series, which moves there.
    func makeSolo(
        for series: UInt32,
        since: Int64,
        _ structure: inout Structure
    ) throws(StorageRefusal) -> Timeline {
        let solo = try makeTimeline(named: "", isSolo: true, &structure)
        solo.writing.withLock { writing in
            let slot = writing.newSlot(for: series)
            settle(series, in: solo, slot: slot, since: since)
        }
        return solo
    }

    /// The slot of a timeline in which the series is written, found or made.
    func slot(forPacked packed: [UInt8], in timeline: Timeline) throws(StorageRefusal) -> Int {
        try structure.withLock { structure throws(StorageRefusal) in
            let series = try self.series(packedLabels: packed)
            let homes = index.withLock { $0.homes(of: SeriesID(rawValue: series)) }
                .filter { $0.timeline.rawValue != 0 }
            guard let home = homes.last else {
                return timeline.writing.withLock { writing in
                    let slot = writing.dormantSlot(packed) ?? writing.newSlot(for: series)
                    writing.occupy(slot, by: series)
                    settle(series, in: timeline, slot: slot, since: timeline.sinceForNewSeries(writing))
                    return slot
                }
            }
            if home.timeline == timeline.id {
                timeline.writing.withLock { _ = $0.releasedSlots.remove(home.slot) }
                return home.slot
            }
            return move(series, from: home, to: timeline, formerly: homes.last { $0.timeline == timeline.id })
        }
    }

    /// Lets a series be written in another timeline from now on. One that has a timeline of its own keeps it: its samples
    /// may come from several sides, and there they are put in order.
    private func move(_ series: UInt32, from home: Home, to timeline: Timeline, formerly: Home?) -> Int {
        let source = self.timeline(home.timeline)
        if let source, source.isSolo {
            return timeline.writing.withLock { writing in
                let known = formerly?.slot ?? writing.routedSlot(of: series)
                let slot = known ?? writing.newSlot(for: series)
                writing.seriesOfSlot[slot] = series
                writing.routes[slot] = .elsewhere(series: series)
                writing.releasedSlots.remove(slot)
                return slot
            }
        }
        var since = Int64.min
        source?.writing.withLock { writing in
            since = (source?.newestSampleTime(slot: home.slot) ?? .min) &+ 1
            if writing.isClosed {
                writing.release(home.slot)
            }
            writing.routes[home.slot] = .elsewhere(series: series)
        }
        since = Swift.max(since, home.since)
        return timeline.writing.withLock { writing in
            let slot = formerly?.slot ?? writing.newSlot(for: series)
            writing.occupy(slot, by: series)
            settle(series, in: timeline, slot: slot, since: since)
            return slot
        }
    }
}

// MARK: - Slots

extension Timeline.Writing {
    /// A slot without samples for the series.
    mutating func newSlot(for series: UInt32) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            seriesOfSlot[free] = series
        } else {
            slot = seriesOfSlot.count
            seriesOfSlot.append(series)
        }
        routes[slot] = nil
        freshSlots.append(slot)
        return slot
    }

    /// The series is written in the slot from now on.
    mutating func occupy(_ slot: Int, by series: UInt32) {
        seriesOfSlot[slot] = series
        routes[slot] = nil
        releasedSlots.remove(slot)
        if !freshSlots.contains(slot) { freshSlots.append(slot) }
    }

    /// The writer lets go of the slot: when its samples are gone, another series may have it.
    mutating func release(_ slot: Int) {
        guard slot >= 0, slot < seriesOfSlot.count, slot != sink, !freeSlots.contains(slot) else { return }
        releasedSlots.insert(slot)
    }

    /// The slot where the series waits for a value to bring it back.
    func dormantSlot(_ packed: [UInt8]) -> Int? {
        routes.first { _, route in
            if case .dormant(packed) = route { true } else { false }
        }?.key
    }

    func routedSlot(of series: UInt32) -> Int? {
        routes.first { _, route in
            if case .elsewhere(series) = route { true } else { false }
        }?.key
    }
}
