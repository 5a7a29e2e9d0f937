// Buffers handed to the store live as long as the call that uses them.
import Metrics
import Storage

extension FuzzTarget {
    static let numbers = FuzzTarget(
        "numbers",
        "a number is read to the last bit, and printed as one that reads back",
        inputMax: 128
    ) {
        input in
        guard let text = String(validating: input, as: UTF8.self), let value = Number.parse(text) else { return }
        let isDecimal = text.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || "+-.eE".utf8.contains($0)
        }
        if isDecimal, let expected = Double(text) {
            hold(value.isIdentical(to: expected), "\(text) is read as \(value), not \(expected)")
        }
        for printed in [Number.plain(value), Number.general(value), Number.answer(value)] {
            let again = Number.parse(printed)
            hold(again == value || (value.isNaN && again?.isNaN == true), "\(value) is printed as \(printed)")
        }
    }

    /// The input is a table: a few slots, many frames, values of the kinds that encodings tell apart.
    static let columns = FuzzTarget(
        "columns",
        "what is appended is read back to the last bit, sealed or not",
        inputMax: 4096
    ) {
        input in
        var bytes = Bytes(input)
        let width = 1 + bytes.number(below: 6)
        let table = Table(&bytes, width: width)
        let store = SampleStore()
        guard let writer = try? store.openTimeline(named: "fuzz") else { broken("a first timeline is refused") }
        let slots = (0..<width).map { index -> Int in
            guard let slot = try? writer.slot(for: ["__name__": "m", "slot": "\(index)"]) else {
                broken("a slot is refused")
            }
            return slot
        }
        for (time, values) in table.frames {
            var row = [Double](repeating: MarkerNaN.absent, count: writer.width)
            for (slot, value) in zip(slots, values) { row[slot] = value }
            do throws(StorageRefusal) {
                try unsafe row.withUnsafeBufferPointer { row throws(StorageRefusal) in
                    try unsafe writer.append(at: Timestamp(milliseconds: time), values: row)
                }
            } catch {
                broken("frame at \(time): \(error)")
            }
        }
        table.compare(with: store.view(of: writer.timeline), slots: slots)
    }
}

/// The frames as they should be read back.
private struct Table {
    private(set) var frames: [(time: Int64, values: [Double])] = []

    init(_ bytes: inout Bytes, width: Int) {
        var time = Int64(bytes.byte()) << 32
        var former = [Double](repeating: 0, count: width)
        while !bytes.isEmpty, frames.count < 150 {
            // Mostly the same interval, as scrapes have.
            let stride = bytes.byte()
            time += stride < 200 ? 15_000 : stride < 250 ? Int64(stride) : 1 + Int64(bytes.word() >> 30)
            let repeats = bytes.number(below: 8)
            for index in former.indices { former[index] = Self.value(&bytes, after: former[index]) }
            frames.append((time, former))
            for _ in 0..<repeats {
                time += 15_000
                frames.append((time, former))
            }
        }
    }

    private static func value(_ bytes: inout Bytes, after former: Double) -> Double {
        switch bytes.number(below: 12) {
        case 0: former
        case 1: MarkerNaN.stale
        case 2: MarkerNaN.absent
        case 3: Double(bitPattern: bytes.word())
        case 4: Double(Int64(bitPattern: bytes.word()))
        case 5: Double(Int32(truncatingIfNeeded: bytes.word())) / 100
        case 6: Double(Int16(truncatingIfNeeded: bytes.word())) / 1_000
        case 7: [0, -0.0, .infinity, -.infinity, .nan, 1e300, .leastNonzeroMagnitude, 0.1][bytes.number(below: 8)]
        case 8: former - Double(bytes.byte())
        case 9: former + Double(bytes.byte()) / 10
        default: former + Double(bytes.byte())
        }
    }

    func compare(with view: TimelineView, slots: [Int]) {
        hold(
            view.endFrame - view.firstFrame == frames.count,
            "\(frames.count) frames became \(view.endFrame - view.firstFrame)"
        )
        let all = view.firstFrame..<view.endFrame
        for (index, slot) in slots.enumerated() {
            var column = [Double](repeating: 7, count: frames.count)
            unsafe column.withUnsafeMutableBufferPointer { unsafe view.copyValues(slot: slot, frames: all, into: $0) }
            for (place, frame) in frames.enumerated() {
                let expected = frame.values[index]
                hold(
                    expected.isIdentical(to: column[place]),
                    "slot \(slot), frame \(place): \(expected) became \(column[place])"
                )
                let single = view.value(slot: slot, frame: all.lowerBound + place)
                hold(
                    expected.isIdentical(to: single),
                    "slot \(slot), frame \(place): \(expected) alone became \(single)"
                )
                hold(view.timestamp(of: all.lowerBound + place) == frame.time, "time of frame \(place)")
            }
            checkIrregular(slot: slot, column: column, view: view)
        }
        checkGather(view, slots: slots, first: all.lowerBound)
    }

    /// After the last irregular frame there are no holes and nothing falls: an increase needs the two ends alone.
    private func checkIrregular(slot: Int, column: [Double], view: TimelineView) {
        var last = [0]
        let wanted = [UInt32(slot)]
        unsafe wanted.withUnsafeBufferPointer { wanted in
            unsafe last.withUnsafeMutableBufferPointer { unsafe view.gatherLastIrregular(slots: wanted, into: $0) }
        }
        let begin = Swift.max(last[0] - view.firstFrame, 0)
        guard begin < column.count else { return }
        for place in (begin + 1)..<Swift.max(column.count, begin + 1) where place < column.count {
            hold(column[place] >= column[place - 1], "slot \(slot) is irregular at \(place), the view says \(begin)")
        }
    }

    private func checkGather(_ view: TimelineView, slots: [Int], first: Int) {
        let wanted = slots.map { UInt32($0) }
        for place in stride(from: 0, to: frames.count, by: 7) {
            var row = [Double](repeating: 7, count: slots.count)
            unsafe wanted.withUnsafeBufferPointer { wanted in
                unsafe row.withUnsafeMutableBufferPointer {
                    unsafe view.gather(slots: wanted, frame: first + place, into: $0)
                }
            }
            for (value, expected) in zip(row, frames[place].values) {
                hold(expected.isIdentical(to: value), "frame \(place): \(expected) gathered as \(value)")
            }
        }
    }
}
