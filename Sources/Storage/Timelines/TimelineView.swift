import Metrics

/// A timeline as it was at one moment. What it shows never changes, however long it is kept; while it is kept, so is the
/// memory of its frames.
///
/// Frames are numbered from the first one of the timeline on; those before `firstFrame` have been dropped.
public struct TimelineView: Sendable {
    let segments: [Segment]
    let slab: Slab?
    let openRows: Int
    let firstOpenFrame: Int
    let lastIrregular: [UInt32]

    /// A timeline without frames.
    static let empty = TimelineView(segments: [], slab: nil, openRows: 0, firstOpenFrame: 0, lastIrregular: [])

    /// The number of the oldest frame.
    public var firstFrame: Int { segments.first?.firstFrame ?? firstOpenFrame }
    /// One more than the number of the newest frame.
    public var endFrame: Int { firstOpenFrame + openRows }
    /// How many slots the timeline had.
    public var slotCount: Int { lastIrregular.count }

    /// The time (ms) of a frame.
    public func timestamp(of frame: Int) -> Int64 {
        precondition(frame >= firstFrame && frame < endFrame, "no such frame")
        if frame >= firstOpenFrame, let slab {
            return unsafe slab.times[frame - firstOpenFrame]
        }
        let segment = segments[segmentIndex(of: frame)]
        return segment.timestamp(frame - segment.firstFrame)
    }

    /// The frames with after < timestamp <= through.
    public func frames(after: Int64, through: Int64) -> Range<Int> {
        let start = firstFrame(after: after)
        return start..<Swift.max(start, firstFrame(after: through))
    }

    /// Writes the times of the frames one after the other.
    public func copyTimestamps(_ frames: Range<Int>, into target: UnsafeMutableBufferPointer<Int64>) {
        forEachPart(of: frames, room: target.count) { part, place in
            switch part {
            case .open(let rows):
                for row in rows {
                    unsafe target[place + row - rows.lowerBound] = slab.map { unsafe $0.times[row] } ?? 0
                }
            case .sealed(let segment, let rows):
                for row in rows { unsafe target[place + row - rows.lowerBound] = segment.timestamp(row) }
            }
        }
    }

    /// Writes the values that a slot has in the frames, one after the other; `MarkerNaN.absent` where it has none.
    public func copyValues(slot: Int, frames: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
        forEachPart(of: frames, room: target.count) { part, place in
            switch part {
            case .open(let rows):
                for row in rows {
                    unsafe target[place + row - rows.lowerBound] = openValue(slot: slot, row: row)
                }
            case .sealed(let segment, let rows):
                unsafe segment.copyValues(
                    slot: slot,
                    rows: rows,
                    into: UnsafeMutableBufferPointer(rebasing: target[place...])
                )
            }
        }
    }

    /// The value of a slot in a frame, or `MarkerNaN.absent`.
    public func value(slot: Int, frame: Int) -> Double {
        precondition(frame >= firstFrame && frame < endFrame, "no such frame")
        if frame >= firstOpenFrame { return openValue(slot: slot, row: frame - firstOpenFrame) }
        let segment = segments[segmentIndex(of: frame)]
        return segment.value(slot: slot, row: frame - segment.firstFrame)
    }

    /// Writes for each slot its value in the frame, or `MarkerNaN.absent`.
    public func gather(
        slots: UnsafeBufferPointer<UInt32>,
        frame: Int,
        into target: UnsafeMutableBufferPointer<Double>
    ) {
        precondition(frame >= firstFrame && frame < endFrame, "no such frame")
        precondition(target.count >= slots.count, "a place for each slot")
        guard frame >= firstOpenFrame, let slab else {
            let segment = segments[segmentIndex(of: frame)]
            unsafe segment.gather(slots: slots, row: frame - segment.firstFrame, into: target)
            return
        }
        let row = unsafe slab.row(frame - firstOpenFrame)
        let stride = UInt32(truncatingIfNeeded: slab.stride)
        for index in 0..<slots.count {
            let slot = unsafe slots[index]
            unsafe target[index] = slot < stride ? row[Int(slot)] : MarkerNaN.absent
        }
    }

    /// Writes for each slot the frame from which on its column has neither holes nor markers and never falls.
    public func gatherLastIrregular(
        slots: UnsafeBufferPointer<UInt32>,
        into target: UnsafeMutableBufferPointer<Int>
    ) {
        precondition(target.count >= slots.count, "a place for each slot")
        for index in 0..<slots.count {
            let slot = unsafe Int(slots[index])
            unsafe target[index] = slot < lastIrregular.count ? Int(lastIrregular[slot]) : endFrame
        }
    }
}

// MARK: - Finding frames

extension TimelineView {
    private enum Part {
        case open(rows: Range<Int>)
        case sealed(Segment, rows: Range<Int>)
    }

    @inline(__always)
    private func openValue(slot: Int, row: Int) -> Double {
        guard let slab, slot >= 0, slot < slab.stride else { return MarkerNaN.absent }
        return unsafe slab.row(row)[slot]
    }

    /// The segment that holds the frame: the last one that begins at or before it.
    private func segmentIndex(of frame: Int) -> Int {
        var low = 0
        var high = segments.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].firstFrame <= frame { low = middle } else { high = middle }
        }
        return low
    }

    /// The first frame later than the time.
    private func firstFrame(after time: Int64) -> Int {
        if let slab, openRows > 0, unsafe slab.times[0] <= time || segments.isEmpty {
            var low = 0
            var high = openRows
            while low < high {
                let middle = (low + high) / 2
                if unsafe slab.times[middle] <= time { low = middle + 1 } else { high = middle }
            }
            return firstOpenFrame + low
        }
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].lastTime <= time { low = middle + 1 } else { high = middle }
        }
        guard low < segments.count else { return firstOpenFrame }
        return segments[low].firstFrame + segments[low].rowCount(through: time)
    }

    /// Calls `body` for the parts of each segment and of the slab that the frames cover, with the place of its first frame.
    private func forEachPart(of frames: Range<Int>, room: Int, _ body: (Part, Int) -> Void) {
        precondition(frames.lowerBound >= firstFrame && frames.upperBound <= endFrame, "no such frames")
        precondition(room >= frames.count, "a place for each frame")
        var frame = frames.lowerBound
        var index = frame < firstOpenFrame ? segmentIndex(of: frame) : segments.count
        while frame < frames.upperBound {
            let place = frame - frames.lowerBound
            if index < segments.count {
                let segment = segments[index]
                let end = Swift.min(segment.firstFrame + segment.rowCount, frames.upperBound)
                body(.sealed(segment, rows: frame - segment.firstFrame..<end - segment.firstFrame), place)
                frame = end
                index += 1
            } else {
                body(.open(rows: frame - firstOpenFrame..<frames.upperBound - firstOpenFrame), place)
                frame = frames.upperBound
            }
        }
    }
}
