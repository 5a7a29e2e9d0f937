import Metrics
import Synchronization

extension SampleStore {
    /// The number of the series with these labels, made if there is none and the limits allow.
    func series(packedLabels: [UInt8], isVital: Bool = false) throws(StorageRefusal) -> UInt32 {
        let room = isVital ? limits.maxSeries : limits.maxSeries - limits.vitalReserve
        let outcome = index.withLock { index -> Result<UInt32, StorageRefusal> in
            if index.seriesCount >= room {
                if let known = index.find(packedLabels: packedLabels) { return .success(known) }
                return .failure(.tooManySeries(count: index.seriesCount, limit: limits.maxSeries))
            }
            guard let (series, isNew) = index.intern(packedLabels: packedLabels) else {
                return .failure(.identifiersExhausted)
            }
            if isNew && series % 256 == 0 { bookIndexBytes(&index) }
            return .success(series)
        }
        if case .failure = outcome { counters.withLock { $0.refusedSeries &+= 1 } }
        return try outcome.get()
    }

    /// Whether another series would be taken that is not vital.
    public var takesSeries: Bool { index.withLock { $0.seriesCount } < limits.maxSeries - limits.vitalReserve }

    /// Brings the count of all bytes up to date with the index. That takes a moment, so it is not done for every series.
    func bookIndexBytes(_ index: inout SeriesIndex) {
        let now = index.byteCount
        bytes.add(now - index.bookedBytes, ordering: .relaxed)
        index.bookedBytes = now
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
        let journal = journal
        let packed = index.withLock { index in
            index.setHome(Home(timeline: timeline.id, slot: slot, since: since), of: series)
            return journal == nil ? [] : index.packedLabels(of: series)
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
    func slot(forPacked packed: [UInt8], in timeline: Timeline, isVital: Bool) throws(StorageRefusal) -> Int {
        try structure.withLock { structure throws(StorageRefusal) in
            if self.timeline(timeline.id) == nil { bringBack(timeline, &structure) }
            let series = try self.series(packedLabels: packed, isVital: isVital)
            guard let home = currentHome(of: series) else {
                return timeline.writing.withLock { writing in
                    let slots = writing.seriesOfSlot.count
                    let slot = writing.slot(for: series, formerly: writing.dormantSlot(packed))
                    // The slot may have served another series: what stands in it so far is not this one's.
                    let since = slot < slots && writing.newestTime != .min ? writing.newestTime &+ 1 : .min
                    settle(series, in: timeline, slot: slot, since: since)
                    return slot
                }
            }
            if home.timeline == timeline.id {
                timeline.writing.withLock { _ = $0.releasedSlots.remove(home.slot) }
                return home.slot
            }
            return move(series, from: home, to: timeline)
        }
    }

    /// A timeline that was closed and had nothing left is written again by whoever still holds its writer.
    private func bringBack(_ timeline: Timeline, _ structure: inout Structure) {
        timeline.writing.withLock { writing in
            writing = Timeline.Writing()
            timeline.published.withLock { $0 = Timeline.Published() }
            timelines.withLock { $0[timeline.id] = timeline }
            journal?.timelineOpened(timeline.id, name: timeline.name, isSolo: false)
        }
        if structure.timelineOfName[timeline.name] == nil { structure.timelineOfName[timeline.name] = timeline.id }
    }

    /// Lets a series be written in another timeline from now on. One that has a timeline of its own keeps it: its samples
    /// may come from several sides, and there they are put in order.
    private func move(_ series: UInt32, from home: Home, to timeline: Timeline) -> Int {
        let source = self.timeline(home.timeline)
        let homes = index.withLock { $0.homes(of: SeriesID(rawValue: series)) }
        let formerly = homes.last { $0.timeline == timeline.id }
        if let source, source.isSolo {
            return timeline.writing.withLock { writing in
                let known = writing.slot(of: series, in: formerly) ?? writing.routedSlot(of: series)
                let slot = known ?? writing.newSlot(for: series)
                writing.seriesOfSlot[slot] = series
                writing.routes[slot] = .elsewhere(series: series)
                writing.releasedSlots.remove(slot)
                return slot
            }
        }
        var since = home.since
        source?.writing.withLock { writing in
            since = source?.newestSample(in: home).map { $0.time &+ 1 } ?? home.since
            if writing.isClosed {
                writing.release(home.slot)
            }
            writing.routes[home.slot] = .elsewhere(series: series)
        }
        return timeline.writing.withLock { writing in
            let slot = writing.slot(for: series, formerly: writing.slot(of: series, in: formerly))
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

    /// The slot of a former home, if it was not given up since.
    func slot(of series: UInt32, in home: Home?) -> Int? {
        guard let home, home.slot < seriesOfSlot.count, seriesOfSlot[home.slot] == series else { return nil }
        return home.slot
    }

    /// A slot in which the series is written from now on: the one it had, or a new one.
    mutating func slot(for series: UInt32, formerly known: Int?) -> Int {
        guard let slot = known else { return newSlot(for: series) }
        seriesOfSlot[slot] = series
        routes[slot] = nil
        releasedSlots.remove(slot)
        freshSlots.append(slot)
        return slot
    }

    /// The writer lets go of the slot: when its samples are gone, another series may have it.
    mutating func release(_ slot: Int) {
        guard slot >= 0, slot < seriesOfSlot.count, slot != sink else { return }
        if case .dormant = routes[slot] {
            routes[slot] = .sink
            freeSlots.append(slot)
        } else if seriesOfSlot[slot] != 0 {
            releasedSlots.insert(slot)
        }
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
