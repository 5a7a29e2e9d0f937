public import Metrics
import Synchronization

extension SampleStore {
    /// Drops samples older than the time, in whole runs of up to 32 frames; series of which nothing is left leave the index.
    public func dropSamples(before time: Timestamp) {
        structure.withLock { structure in
            let cutoff = time.rawValue
            journal?.samplesDropped(before: cutoff)
            var bare: [(timeline: Timeline, slot: Int, series: UInt32)] = []
            for timeline in timelines.withLock({ Array($0.values) }) {
                timeline.writing.withLock { writing in
                    let dropped = timeline.dropFrames(before: cutoff)
                    count(dropped)
                    guard dropped.frames > 0 else { return }
                    let fresh = Set(writing.freshSlots)
                    for slot in timeline.slotsWithoutSamples() where !fresh.contains(slot) {
                        let series = writing.seriesOfSlot[slot]
                        if series != 0 { bare.append((timeline, slot, series)) }
                    }
                }
            }
            dropEmptyHomes()
            remove(bare)
            dropEmptyTimelines(&structure)
        }
    }

    private func count(_ dropped: Timeline.Dropped) {
        counters.withLock { counters in
            counters.samples -= dropped.samples
            counters.sealedSamples -= dropped.sealedSamples
            counters.rawBytes -= dropped.rawBytes
            counters.sealedBytes -= dropped.sealedBytes
        }
        bytes.subtract(dropped.rawBytes + dropped.sealedBytes, ordering: .relaxed)
    }

    /// Former homes whose frames before the next home began are gone.
    private func dropEmptyHomes() {
        let moved = index.withLock { index in
            index.earlierHomes.keys.map { ($0, index.homes(of: SeriesID(rawValue: $0))) }
        }
        for (series, homes) in moved {
            var gone: Set<Home> = []
            for (home, next) in zip(homes, homes.dropFirst()) {
                let view = view(of: home.timeline)
                let isGone =
                    view.firstFrame == view.endFrame || view.timestamp(of: view.firstFrame) >= next.since
                if isGone { gone.insert(home) }
            }
            guard !gone.isEmpty else { continue }
            index.withLock { $0.dropEarlierHomes(of: series) { gone.contains($0) } }
        }
    }

    /// Takes series out of the index that have no samples in their only home, and frees or parks their slots.
    private func remove(_ bare: [(timeline: Timeline, slot: Int, series: UInt32)]) {
        var labels: [UInt32: [UInt8]] = [:]
        index.withLock { index in
            for (timeline, slot, series) in bare {
                let homes = index.homes(of: SeriesID(rawValue: series))
                if homes.count == 1 && homes[0].timeline == timeline.id && homes[0].slot == slot {
                    labels[series] = index.packedLabels(of: series)
                }
            }
            guard !labels.isEmpty else { return }
            index.remove(Set(labels.keys))
            bookIndexBytes(&index)
        }
        for (timeline, slot, series) in bare {
            timeline.writing.withLock { $0.vacate(slot, of: series, removed: labels[series]) }
        }
        guard !labels.isEmpty else { return }
        for timeline in timelines.withLock({ Array($0.values) }) {
            timeline.writing.withLock { $0.park(labels) }
        }
    }

    private func dropEmptyTimelines(_ structure: inout Structure) {
        for (id, timeline) in timelines.withLock({ $0 }) {
            let isOver = timeline.writing.withLock { writing in
                (timeline.isSolo || writing.isClosed) && writing.seriesOfSlot.allSatisfy { $0 == 0 }
                    && timeline.published.withLock { $0.segments.isEmpty && $0.rowCount == 0 }
            }
            guard isOver else { continue }
            count(timeline.dropSlab())
            timelines.withLock { $0[id] = nil }
            if structure.timelineOfName[timeline.name] == id { structure.timelineOfName[timeline.name] = nil }
        }
    }
}

extension Timeline.Writing {
    /// The slot has no samples left. If its series has left the index, the slot is free when the writer has let go of it, and
    /// otherwise waits for the series to come back.
    fileprivate mutating func vacate(_ slot: Int, of series: UInt32, removed packed: [UInt8]?) {
        guard seriesOfSlot[slot] == series else { return }
        if case .elsewhere = routes[slot] {
            // The column of a series that moved away; it still hands its values on, unless the writer has let go.
            guard releasedSlots.contains(slot) else { return }
        } else if packed == nil {
            return
        }
        seriesOfSlot[slot] = 0
        if releasedSlots.remove(slot) != nil {
            freeSlots.append(slot)
            routes[slot] = .sink
        } else if let packed {
            routes[slot] = .dormant(packedLabels: packed)
        }
    }

    /// Slots that hand values on to series which have left the index wait for them instead.
    fileprivate mutating func park(_ removed: [UInt32: [UInt8]]) {
        for (slot, route) in routes {
            guard case .elsewhere(let series) = route, let packed = removed[series] else { continue }
            // A slot that was let go is freed when its samples are gone.
            if releasedSlots.contains(slot) { continue }
            seriesOfSlot[slot] = 0
            routes[slot] = .dormant(packedLabels: packed)
        }
    }
}
