import Metrics
import Storage

/// What a store should hold, kept in the simplest way: for each series its samples in order.
struct NaiveStore {
    var samples: [Labels: [(time: Int64, bits: UInt64)]] = [:]

    enum Outcome: Equatable {
        case stored, repeated, outOfOrder, duplicate
    }

    mutating func append(_ labels: Labels, _ time: Int64, _ value: Double) -> Outcome {
        if let last = samples[labels]?.last {
            if time < last.time { return .outOfOrder }
            if time == last.time { return value.bitPattern == last.bits ? .repeated : .duplicate }
        }
        samples[labels, default: []].append((time, value.bitPattern))
        return .stored
    }
}

extension SampleStore {
    /// All samples of a series, read home by home.
    func samples(of labels: Labels) -> [(time: Int64, bits: UInt64)] {
        let homes = readIndex { index -> [Home] in
            let found = index.select(labels.compactMap { try? LabelMatcher($0.name, .equal, $0.value) })
            let exact = found.filter { index.labels(of: $0) == labels }
            return exact.first.map { index.homes(of: $0) } ?? []
        }
        var result: [(time: Int64, bits: UInt64)] = []
        for (place, home) in homes.enumerated() {
            let view = view(of: home.timeline)
            let end = place + 1 < homes.count ? homes[place + 1].since : .max
            for frame in view.firstFrame..<view.endFrame {
                let time = view.timestamp(of: frame)
                let value = view.value(slot: home.slot, frame: frame)
                if time >= home.since && (time < end || end == .max) && !value.isAbsent {
                    result.append((time, value.bitPattern))
                }
            }
        }
        return result
    }
}

extension FrameWriter {
    func append(at time: Int64, _ values: [Double]) throws(StorageRefusal) {
        let span = values.span
        try unsafe span.withUnsafeBufferPointer { values throws(StorageRefusal) in
            try unsafe append(at: Timestamp(rawValue: time), values: values)
        }
    }
}

/// Repeatable random numbers.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
