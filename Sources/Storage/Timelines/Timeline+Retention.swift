import Metrics
import Synchronization

extension Timeline {
    struct Dropped {
        var frames = 0
        var samples = 0
        var sealedSamples = 0
        var rawBytes = 0
        var sealedBytes = 0
    }

    /// Drops segments, and the open rows, whose frames are all older. Under the write lock.
    func dropFrames(before time: Int64) -> Dropped {
        published.withLock { published in
            var dropped = Dropped()
            let old = published.segments.prefix { $0.lastTime < time }
            for segment in old {
                dropped.frames += segment.rowCount
                dropped.sealedSamples += segment.sampleCount
                dropped.sealedBytes += segment.byteCount
            }
            dropped.samples = dropped.sealedSamples
            if !old.isEmpty { published.segments.removeFirst(old.count) }
            guard published.segments.isEmpty, published.rowCount > 0, let slab = published.slab,
                unsafe slab.times[published.rowCount - 1] < time
            else { return dropped }
            dropped.frames += published.rowCount
            for row in 0..<published.rowCount {
                for slot in 0..<Swift.min(slab.stride, published.lastIrregular.count) {
                    unsafe dropped.samples += slab.row(row)[slot].isAbsent ? 0 : 1
                }
            }
            dropped.rawBytes += slab.byteCount
            published.firstOpenFrame += published.rowCount
            published.rowCount = 0
            // Somebody may still be reading those rows.
            published.slab = nil
            return dropped
        }
    }

    /// Gives up the room for new frames. There must be none in it.
    func dropSlab() -> Dropped {
        published.withLock { published in
            var dropped = Dropped()
            dropped.rawBytes = published.slab?.byteCount ?? 0
            published.slab = nil
            return dropped
        }
    }

    /// The slots that have no sample in any frame.
    func slotsWithoutSamples() -> [Int] {
        let view = view()
        return (0..<view.slotCount).filter { slot in
            for row in 0..<view.openRows {
                if !view.value(slot: slot, frame: view.firstOpenFrame + view.openRows - 1 - row).isAbsent {
                    return false
                }
            }
            return !view.segments.contains { $0.hasSamples(slot: slot) }
        }
    }
}
