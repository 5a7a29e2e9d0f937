import Metrics
import Synchronization

extension Timeline {
    /// Adds values to the newest frame, for slots that had none in it. Of the others those with the same value are fine, and
    /// the rest are refused: their number is returned beside the outcome, with how many values were new.
    func amend(
        _ values: UnsafeBufferPointer<Double>,
        in writing: inout Writing
    ) -> (outcome: Outcome, duplicates: Int) {
        var outcome = Outcome()
        var duplicates = 0
        let slots = writing.seriesOfSlot.count
        let routes = writing.routes
        published.withLock { published in
            guard published.rowCount > 0 else { return }
            Self.makeRoomToAmend(&published, slots: slots, &outcome)
            guard let slab = published.slab else { return }
            let row = unsafe slab.row(published.rowCount - 1)
            let frame = UInt32(truncatingIfNeeded: published.endFrame - 1)
            for slot in 0..<values.count {
                let value = unsafe values[slot]
                if value.isAbsent { continue }
                if let route = routes[slot] {
                    outcome.routed.append((slot, route, value))
                } else if unsafe row[slot].isAbsent {
                    unsafe row[slot] = value
                    published.lastIrregular[slot] = value.isNaN ? frame + 1 : frame
                    outcome.stored += 1
                } else if unsafe row[slot].bitPattern != value.bitPattern {
                    duplicates += 1
                }
            }
        }
        if !writing.freshSlots.isEmpty { writing.freshSlots.removeAll() }
        writing.appendedSamples &+= UInt64(outcome.stored)
        writing.noteRouted(outcome)
        return (outcome, duplicates)
    }

    /// Published rows never change under a reader, so a slab that somebody holds is copied first.
    private static func makeRoomToAmend(_ published: inout Published, slots: Int, _ outcome: inout Outcome) {
        if published.lastIrregular.count < slots {
            let missing = slots - published.lastIrregular.count
            published.lastIrregular.append(
                contentsOf: repeatElement(UInt32(truncatingIfNeeded: published.endFrame), count: missing)
            )
        }
        let isUnique = isKnownUniquelyReferenced(&published.slab)
        guard let slab = published.slab, !isUnique || slab.stride < slots else { return }
        let copy = slab.copy(slots: Swift.max(slots, slab.stride))
        outcome.rawBytes += copy.byteCount - slab.byteCount
        published.slab = copy
    }

    /// The newest frame as it stands. Under the write lock, so that nobody replaces it; readers are not kept waiting.
    func newestRow(_ body: (UnsafeBufferPointer<Double>) -> Void) {
        let (slab, rows, slots) = published.withLock { ($0.slab, $0.rowCount, $0.lastIrregular.count) }
        guard let slab, rows > 0 else { return }
        unsafe body(UnsafeBufferPointer(start: slab.row(rows - 1), count: slots))
    }
}
