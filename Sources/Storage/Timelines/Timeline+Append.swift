import Metrics
import Synchronization

// Rows are written and compared through pointers: each sample of each scrape passes here. A row has `stride` places; slots
// are fewer than that, which `makeRoom` sees to.
extension Timeline {
    /// What became of a frame.
    struct Outcome {
        var stored = 0
        /// Values that belong to series living elsewhere.
        var routed: [(slot: Int, route: SlotRoute, value: Double)] = []
        /// The change in bytes of slabs and of segments.
        var rawBytes = 0
        var sealedBytes = 0
        var sealedSamples = 0
    }

    /// Stores a frame newer than all others. Values of routed slots are taken out of the row and handed back.
    func append(
        _ time: Int64,
        _ values: UnsafeBufferPointer<Double>,
        to writing: inout Writing
    ) -> Outcome {
        var outcome = Outcome()
        sealIfFull(&outcome)
        let slots = writing.seriesOfSlot.count
        let routes = writing.routes
        published.withLock { published in
            Self.makeRoom(in: &published, slots: slots, &outcome)
            guard let slab = published.slab else { return }
            let rowIndex = published.rowCount
            let row = unsafe slab.row(rowIndex)
            let previous = unsafe slab.row((rowIndex + Slab.rowCount - 1) % Slab.rowCount)
            let frame = UInt32(truncatingIfNeeded: published.endFrame)
            unsafe published.lastIrregular.withUnsafeMutableBufferPointer { last in
                outcome.stored = unsafe RowWriter.write(values, to: row, after: previous, frame: frame, last)
                unsafe (row + values.count).update(repeating: MarkerNaN.absent, count: slab.stride - values.count)
                for index in values.count..<slots { unsafe last[index] = frame + 1 }
                for (slot, route) in routes where slot < values.count {
                    unsafe last[slot] = frame + 1
                    unsafe row[slot] = MarkerNaN.absent
                    guard unsafe !values[slot].isAbsent else { continue }
                    unsafe outcome.routed.append((slot, route, values[slot]))
                    outcome.stored -= 1
                }
            }
            unsafe slab.times[rowIndex] = time
            published.rowCount += 1
        }
        writing.newestTime = time
        if !writing.newestRouted.isEmpty { writing.newestRouted.removeAll() }
        writing.noteRouted(outcome)
        if !writing.freshSlots.isEmpty { writing.freshSlots.removeAll() }
        writing.appendedSamples &+= UInt64(outcome.stored)
        return outcome
    }

    /// Sees that there is a slab with a place for every slot, not shared if its next row is a used one.
    private static func makeRoom(in published: inout Published, slots: Int, _ outcome: inout Outcome) {
        if published.lastIrregular.count < slots {
            let missing = slots - published.lastIrregular.count
            published.lastIrregular.append(
                contentsOf: repeatElement(UInt32(truncatingIfNeeded: published.endFrame), count: missing)
            )
        }
        if let slab = published.slab, slab.stride >= slots { return }
        let slab = published.slab?.copy(slots: slots) ?? Slab(slots: slots)
        outcome.rawBytes += slab.byteCount - (published.slab?.byteCount ?? 0)
        published.slab = slab
    }

    /// Turns the rows of a full slab into a segment, and short segments before it into one with them. Only writers replace
    /// rows and segments, so readers are not kept waiting meanwhile.
    private func sealIfFull(_ outcome: inout Outcome) {
        guard let (segment, former) = sealedRows(atLeast: Slab.rowCount) else { return }
        published.withLock { published in
            published.segments.removeLast(former.count)
            published.segments.append(segment)
            published.firstOpenFrame += published.rowCount
            published.rowCount = 0
            // The last row stays where it is: the next frame is compared with it.
            if !isKnownUniquelyReferenced(&published.slab), let slab = published.slab {
                published.slab = slab.copy(slots: slab.stride)
            }
        }
        outcome.sealedBytes += former.reduce(segment.byteCount) { $0 - $1.byteCount }
        outcome.sealedSamples += former.reduce(segment.sampleCount) { $0 - $1.sampleCount }
    }

    /// The open rows as a segment, if there are as many, and the segments whose frames are in it too.
    private func sealedRows(atLeast count: Int) -> (Segment, former: [Segment])? {
        let (slab, rows, first, slots, former) = published.withLock {
            let former = $0.rowCount < count ? [] : Self.shortSegments($0.segments, before: $0.rowCount)
            return ($0.slab, $0.rowCount, $0.firstOpenFrame, $0.lastIrregular.count, former)
        }
        guard let slab, rows >= count else { return nil }
        return (Segment(sealing: slab, rows: rows, slots: slots, openFrame: first, behind: former), former)
    }

    /// The last segments that are no longer than what comes behind them, as far as all fit into one. So each frame is written
    /// anew only when that doubles the length of its segment.
    private static func shortSegments(_ segments: [Segment], before rows: Int) -> [Segment] {
        var (first, total) = (segments.count, rows)
        while first > 0 {
            let next = segments[first - 1].rowCount
            guard next <= total, next + total <= Segment.rowLimit else { break }
            first -= 1
            total += next
        }
        return Array(segments[first...])
    }
}

extension Timeline.Writing {
    /// Remembers which samples of the newest frame went elsewhere.
    mutating func noteRouted(_ outcome: Timeline.Outcome) {
        for (slot, _, value) in outcome.routed where !value.isStaleMarker { newestRouted.append(slot) }
    }
}
