import Metrics

/// Up to 32 frames of a timeline that will not change any more: all columns in one run of bytes, each written in whichever
/// way is smallest. The column behind the last slot holds the times.
///
/// The bytes are written before the segment is shared and never again; hence safe, and `Sendable`.
@safe package final class Segment: @unchecked Sendable {
    /// The more frames, the fewer bytes each takes; a column's markers and changes are one word of bits.
    static let rowLimit = 32

    package let firstFrame: Int
    package let rowCount: Int
    package let slotCount: Int
    let firstTime: Int64
    let lastTime: Int64
    /// Staleness markers included.
    let sampleCount: Int
    let bytes: UnsafeMutableRawPointer
    let length: Int

    /// The frames of short segments, and behind them the first rows of a slab, the first of which is `openFrame`.
    init(sealing slab: Slab, rows: Int, slots: Int, openFrame: Int, behind former: [Segment] = []) {
        rowCount = former.reduce(rows) { $0 + $1.rowCount }
        precondition(rows > 0 && rowCount <= Self.rowLimit, "a segment has 1 to 32 frames")
        firstFrame = former.first?.firstFrame ?? openFrame
        slotCount = Swift.min(slots, slab.stride)
        firstTime = unsafe former.first?.firstTime ?? slab.times[0]
        unsafe lastTime = slab.times[rows - 1]
        let builder = SegmentBuilder(sealing: slab, rows: rows, slots: slotCount, behind: former)
        sampleCount = builder.sampleCount
        length = builder.byteCount
        unsafe bytes = .allocate(byteCount: length, alignment: 8)
        unsafe bytes.copyMemory(from: builder.bytes, byteCount: length)
        unsafe builder.bytes.deallocate()
    }

    /// Bytes that have been looked through.
    init(_ saved: UnsafeRawBufferPointer, firstFrame: Int, rowCount: Int, slotCount: Int) {
        self.firstFrame = firstFrame
        self.rowCount = rowCount
        self.slotCount = slotCount
        length = saved.count
        unsafe bytes = .allocate(byteCount: length, alignment: 8)
        unsafe UnsafeMutableRawBufferPointer(start: bytes, count: length).copyMemory(from: saved)
        let reader = unsafe ColumnReader(bytes: bytes)
        firstTime = reader.number(slotCount, 0)
        lastTime = reader.number(slotCount, rowCount - 1)
        var samples = 0
        for slot in 0..<slotCount { samples += reader.sampleCount(slot, rows: rowCount) }
        sampleCount = samples
    }

    deinit {
        unsafe bytes.deallocate()
    }

    private var reader: ColumnReader { unsafe ColumnReader(bytes: bytes) }

    /// The bytes, and what the object and its allocations take.
    var byteCount: Int { length + 128 }

    func timestamp(_ row: Int) -> Int64 {
        precondition(row >= 0 && row < rowCount, "no such frame")
        return reader.number(slotCount, row)
    }

    /// How many of the frames are not later than the time.
    func rowCount(through time: Int64) -> Int {
        var low = 0
        var high = rowCount
        while low < high {
            let middle = (low + high) / 2
            if timestamp(middle) <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func value(slot: Int, row: Int) -> Double {
        precondition(row >= 0 && row < rowCount, "no such frame")
        return slot >= 0 && slot < slotCount ? reader.value(slot, row) : MarkerNaN.absent
    }

    func copyValues(slot: Int, rows: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "no such frames")
        precondition(target.count >= rows.count, "a place for each frame")
        if slot >= 0 && slot < slotCount {
            unsafe reader.copyValues(slot, rows, into: target)
        } else {
            for index in 0..<rows.count { unsafe target[index] = MarkerNaN.absent }
        }
    }

    func gather(slots: UnsafeBufferPointer<UInt32>, row: Int, into target: UnsafeMutableBufferPointer<Double>) {
        precondition(row >= 0 && row < rowCount && target.count >= slots.count, "no such frame")
        let reader = reader
        let limit = UInt32(truncatingIfNeeded: slotCount)
        for index in 0..<slots.count {
            let slot = unsafe slots[index]
            unsafe target[index] = slot < limit ? reader.value(Int(slot), row) : MarkerNaN.absent
        }
    }

    /// Whether the slot has a sample in any frame.
    func hasSamples(slot: Int) -> Bool {
        guard slot >= 0 && slot < slotCount else { return false }
        let entry = reader.entry(slot)
        return entry.kind != ColumnKind.small || entry.low != ColumnKind.noSamples
    }
}
