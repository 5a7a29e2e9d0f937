package import Metrics
import Synchronization

/// How a log puts back what a journal was told. Nothing here trusts its arguments: they come from files. Whatever does not
/// fit is left out, and `false` says so. Restoring something twice changes nothing.
extension SampleStore {
    /// Timelines opened from now on have at least this number.
    package func restoreNextTimeline(_ next: UInt32) {
        structure.withLock { $0.nextTimeline = Swift.max($0.nextTimeline, next) }
    }

    package func restoreTimeline(_ id: TimelineID, name: String, isSolo: Bool, slots: Int = 0) -> Bool {
        structure.withLock { structure in
            guard id.rawValue > 0, id.rawValue < UInt32.max, slots <= limits.maxSeries + Self.slotGap else {
                return false
            }
            if let known = timeline(id) { return known.isSolo == isSolo }
            let timeline = Timeline(id: id, name: name, isSolo: isSolo)
            timeline.writing.withLock { $0.seriesOfSlot = Array(repeating: 0, count: slots) }
            timelines.withLock { $0[id] = timeline }
            structure.nextTimeline = Swift.max(structure.nextTimeline, id.rawValue + 1)
            if !isSolo && !name.isEmpty { structure.timelineOfName[name] = id }
            return true
        }
    }

    /// From `since` on the series is written in the slot.
    package func restoreSlot(_ id: TimelineID, slot: Int, since: Int64, labels: Labels) -> Bool {
        structure.withLock { structure in
            guard let timeline = timeline(id), slot >= 0, !(timeline.isSolo && slot > 0) else { return false }
            return timeline.writing.withLock { writing in
                guard writing.widen(to: slot + 1, gap: Self.slotGap) else { return false }
                // The log does not tell which of them are vital.
                let series = try? self.series(packedLabels: labels.packedBytes, isVital: true)
                let former = writing.seriesOfSlot[slot]
                if former != series { leave(former, timeline.id, slot) }
                writing.seriesOfSlot[slot] = series ?? 0
                guard let series else { return false }
                writing.routes[slot] = nil
                writing.releasedSlots.insert(slot)
                index.withLock { index in
                    let home = index.currentHome(of: SeriesID(rawValue: series))
                    let isNew = home == nil || home?.timeline.rawValue == 0
                    guard isNew || (home?.timeline != id || home?.slot != slot), isNew || since >= (home?.since ?? .min)
                    else { return }
                    index.setHome(Home(timeline: id, slot: slot, since: since), of: series)
                }
                return true
            }
        }
    }

    /// How far beyond the last one a slot may be.
    private static let slotGap = 1 << 10

    /// The slot serves another series now; if the former one has nothing else, it goes.
    private func leave(_ former: UInt32, _ id: TimelineID, _ slot: Int) {
        guard former != 0 else { return }
        index.withLock { index in
            guard let home = index.currentHome(of: SeriesID(rawValue: former)), home.timeline == id, home.slot == slot
            else { return }
            index.remove([former])
        }
    }

    /// A frame, or more values for the newest one. An older one is here already, and left alone.
    package func restoreFrame(_ id: TimelineID, at time: Int64, values: UnsafeBufferPointer<Double>) -> Bool {
        guard let timeline = timeline(id) else { return false }
        return timeline.writing.withLock { writing in
            guard writing.widen(to: values.count, gap: Self.slotGap) else { return false }
            if time > writing.newestTime || writing.newestTime == .min {
                count(unsafe timeline.append(time, values, to: &writing))
            } else if time == writing.newestTime {
                count(unsafe timeline.amend(values, in: &writing).outcome)
            }
            return true
        }
    }

    /// The frames of a timeline as a whole; segments in order, without gaps between their frames.
    package func restoreFrames(
        _ id: TimelineID,
        segments: [Segment],
        open: Segment?,
        lastIrregular: [UInt32],
        newestTime: Int64
    ) -> Bool {
        guard let timeline = timeline(id) else { return false }
        return timeline.writing.withLock { writing in
            let slots = writing.seriesOfSlot.count
            let all = segments + (open.map { [$0] } ?? [])
            let isOrdered = zip(all, all.dropFirst()).allSatisfy {
                $0.firstFrame + $0.rowCount == $1.firstFrame && $0.lastTime < $1.firstTime
            }
            guard isOrdered, lastIrregular.count <= slots, all.allSatisfy({ $0.slotCount <= slots }),
                (all.last?.lastTime ?? .min) <= newestTime, writing.newestTime == .min
            else { return false }
            writing.newestTime = newestTime
            var (segments, open) = (segments, open)
            // As many rows as a slab has no room for.
            if let long = open, long.rowCount > Slab.rowCount {
                segments.append(long)
                open = nil
            }
            let bytes = timeline.take(segments, open: open, slots: slots, lastIrregular: lastIrregular)
            var outcome = Timeline.Outcome()
            outcome.sealedBytes = segments.reduce(0) { $0 + $1.byteCount }
            outcome.sealedSamples = segments.reduce(0) { $0 + $1.sampleCount }
            outcome.stored = outcome.sealedSamples + (open?.sampleCount ?? 0)
            outcome.rawBytes = bytes
            count(outcome)
            return true
        }
    }

    /// When all is restored: slots without a series may be used, and those of series that live elsewhere hand values on.
    package func finishRestoring() {
        for timeline in timelines.withLock({ Array($0.values) }) {
            timeline.writing.withLock { writing in
                settleSlots(of: timeline, &writing)
                let bare = timeline.slotsWithoutSamples() + (timeline.view().slotCount..<writing.seriesOfSlot.count)
                writing.freeSlots = bare.filter { writing.seriesOfSlot[$0] == 0 }
                for slot in writing.freeSlots { writing.routes[slot] = .sink }
                writing.freshSlots = []
                // Open until now: more frames might have come after its samples were all dropped.
                writing.isClosed = true
            }
        }
        index.withLock { bookIndexBytes(&$0) }
    }

    private func settleSlots(of timeline: Timeline, _ writing: inout Timeline.Writing) {
        index.withLock { index in
            for (slot, series) in writing.seriesOfSlot.enumerated() where series != 0 {
                guard let home = index.currentHome(of: SeriesID(rawValue: series)) else {
                    writing.seriesOfSlot[slot] = 0
                    continue
                }
                if home.timeline != timeline.id || home.slot != slot {
                    writing.routes[slot] = .elsewhere(series: series)
                }
            }
        }
    }
}

extension Timeline.Writing {
    /// Slots are defined one after the other, save those whose values go elsewhere or nowhere, of which no journal is told.
    fileprivate mutating func widen(to slots: Int, gap: Int) -> Bool {
        guard slots <= seriesOfSlot.count + gap else { return false }
        while seriesOfSlot.count < slots { seriesOfSlot.append(0) }
        return true
    }
}

extension Timeline {
    /// Takes frames over into an empty timeline; returns the bytes of the slab.
    fileprivate func take(_ segments: [Segment], open: Segment?, slots: Int, lastIrregular: [UInt32]) -> Int {
        published.withLock { published in
            published.segments = segments
            let sealedEnd = segments.last.map { $0.firstFrame + $0.rowCount } ?? 0
            published.firstOpenFrame = open?.firstFrame ?? sealedEnd
            let end = published.firstOpenFrame + (open?.rowCount ?? 0)
            // What is not known of a slot counts as irregular up to now.
            published.lastIrregular = (0..<slots).map { slot in
                slot < lastIrregular.count ? Swift.min(lastIrregular[slot], UInt32(end)) : UInt32(end)
            }
            let slab = Slab(slots: slots)
            if let open { slab.take(open, at: 0) }
            // The next frame is compared with the one before.
            if open == nil, let last = segments.last { slab.take(last, row: last.rowCount - 1, at: Slab.rowCount - 1) }
            published.slab = slab
            published.rowCount = open?.rowCount ?? 0
            return slab.byteCount
        }
    }
}

extension Slab {
    fileprivate func take(_ segment: Segment, at first: Int) {
        for row in 0..<segment.rowCount { take(segment, row: row, at: first + row) }
    }

    fileprivate func take(_ segment: Segment, row: Int, at target: Int) {
        for slot in 0..<Swift.min(segment.slotCount, stride) {
            unsafe self.row(target)[slot] = segment.value(slot: slot, row: row)
        }
        unsafe times[target] = segment.timestamp(row)
    }
}
