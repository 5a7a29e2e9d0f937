import Metrics

/// Up to 32 frames of a timeline that will not change any more: times and columns.
final class Segment: Sendable {
    let firstFrame: Int
    let rowCount: Int
    let firstTime: Int64
    let lastTime: Int64
    let slotCount: Int
    private let times: [Int64]
    private let columns: [Double]

    init(sealing slab: Slab, rows: Int, slots: Int, firstFrame: Int) {
        self.firstFrame = firstFrame
        rowCount = rows
        slotCount = Swift.min(slots, slab.stride)
        times = (0..<rows).map { unsafe slab.times[$0] }
        firstTime = times[0]
        lastTime = times[rows - 1]
        var columns: [Double] = []
        columns.reserveCapacity(slotCount * rows)
        for slot in 0..<slotCount {
            for row in 0..<rows { unsafe columns.append(slab.row(row)[slot]) }
        }
        self.columns = columns
    }

    var byteCount: Int { columns.count * 8 + times.count * 8 + 128 }

    func timestamp(_ row: Int) -> Int64 { times[row] }

    /// How many of the frames are not later than the time.
    func rowCount(through time: Int64) -> Int {
        times.firstIndex { $0 > time } ?? rowCount
    }

    func value(slot: Int, row: Int) -> Double {
        slot < slotCount ? columns[slot * rowCount + row] : MarkerNaN.absent
    }

    func copyValues(slot: Int, rows: Range<Int>, into target: UnsafeMutableBufferPointer<Double>) {
        for row in rows { unsafe target[row - rows.lowerBound] = value(slot: slot, row: row) }
    }

    func gather(slots: UnsafeBufferPointer<UInt32>, row: Int, into target: UnsafeMutableBufferPointer<Double>) {
        for index in 0..<slots.count { unsafe target[index] = value(slot: Int(slots[index]), row: row) }
    }

    /// Whether the slot has a sample in any frame.
    func hasSamples(slot: Int) -> Bool {
        (0..<rowCount).contains { !value(slot: slot, row: $0).isAbsent }
    }

    var sampleCount: Int { columns.count { !$0.isAbsent } }
}
