import Files
import Foundation
import Metrics
import SampleLog
import Storage

/// A folder that goes away with its owner.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "sample-log-" + UUID().uuidString
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func names() -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return all.sorted().filter { $0 != "lock" }
    }

    func read(_ name: String) -> [UInt8] { (try? FileSystem.read(path + "/" + name)) ?? [] }

    func write(_ name: String, _ bytes: [UInt8]) {
        _ = FileManager.default.createFile(atPath: path + "/" + name, contents: Data(bytes))
    }

    func remove(_ name: String) { try? FileSystem.remove(path + "/" + name) }

    /// The same files in another folder.
    func copy() -> TemporaryFolder {
        let copy = TemporaryFolder()
        for name in names() { copy.write(name, read(name)) }
        return copy
    }
}

struct Stored: Hashable {
    var time: Int64
    var bits: UInt64
}

extension SampleStore {
    /// All that can be read, series by series.
    func contents() -> [Labels: [Stored]] {
        let series = readIndex { index in index.select([]).map { (index.labels(of: $0), index.homes(of: $0)) } }
        var result: [Labels: [Stored]] = [:]
        for (labels, homes) in series {
            var samples: [Stored] = []
            for (place, home) in homes.enumerated() {
                let view = view(of: home.timeline)
                let end = place + 1 < homes.count ? homes[place + 1].since : .max
                for frame in view.firstFrame..<view.endFrame {
                    let time = view.timestamp(of: frame)
                    let value = view.value(slot: home.slot, frame: frame)
                    guard time >= home.since, time < end, !value.isAbsent else { continue }
                    samples.append(Stored(time: time, bits: value.bitPattern))
                }
            }
            if !samples.isEmpty { result[labels] = samples }
        }
        return result
    }
}

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

extension FrameWriter {
    func append(at time: Int64, _ values: [Double]) throws(StorageRefusal) {
        let span = values.span
        try unsafe span.withUnsafeBufferPointer { values throws(StorageRefusal) in
            try unsafe append(at: Timestamp(rawValue: time), values: values)
        }
    }
}

/// A store under a log, fed with a bit of everything.
struct LogWorld {
    let folder: TemporaryFolder
    var store = SampleStore()
    var log: SampleLog
    var report: RecoveryReport
    var random: SeededGenerator
    var time: Int64 = 0
    private var writers: [FrameWriter] = []

    init(_ folder: TemporaryFolder, seed: UInt64 = 1, options: SampleLog.Options = .init()) throws {
        self.folder = folder
        random = SeededGenerator(seed)
        (log, report) = try SampleLog.open(folder.path, options: options, into: store)
        writers = [try store.openTimeline(named: "first"), try store.openTimeline(named: "second")]
        for (place, writer) in writers.enumerated() {
            for series in 0..<6 { _ = try writer.slot(for: Labels(name: "m\(series)", [Label("job", "job-\(place)")])) }
        }
        time = report.newestTime ?? 0
    }

    mutating func run(frames: Int) throws {
        for _ in 0..<frames {
            time += Int64.random(in: 1...20_000, using: &random)
            let writer = writers.randomElement(using: &random)!
            if Int.random(in: 0..<15, using: &random) == 0 {
                _ = try writer.slot(for: Labels(name: "late", [Label("i", "\(Int.random(in: 0..<8, using: &random))")]))
            }
            let row = (0..<writer.width).map { slot in
                switch Int.random(in: 0..<20, using: &random) {
                case 0: MarkerNaN.absent
                case 1: MarkerNaN.stale
                case 2: Double.random(in: -1...1, using: &random)
                case 3: -0.0
                case 4: Double.nan
                case 5: Double(Int.random(in: 0..<100_000, using: &random)) / 1000
                default: Double(slot) + Double(time / 1000)
                }
            }
            try writer.append(at: time, row)
            if Int.random(in: 0..<6, using: &random) == 0 {
                try store.append(Labels(name: "solo\(time % 3)"), Timestamp(rawValue: time), Double(time))
            }
        }
    }

    func flush() throws { try log.flush(now: Timestamp(rawValue: time)) }
}
