// Buffers handed to the store and the log live as long as the call that uses them.
import Files
import Glibc
import Metrics
import SampleLog
import Storage

extension FuzzTarget {
    /// The input is a sequence of records: kind, length, payload.
    static let records = FuzzTarget("records", "records of any content are taken or left, and the store stays whole") {
        input in
        var bytes = Bytes(input)
        let store = SampleStore(limits: StorageLimits(maxSeries: 1_000, maxBytes: 64 << 20))
        var replay = LogReplay(into: store)
        while !bytes.isEmpty {
            let kind = bytes.byte()
            if kind == 0xff { replay.beginFile() }
            let length = Int(bytes.byte())
            let payload = Array(bytes.rest.prefix(length))
            bytes.skip(length)
            unsafe payload.withUnsafeBytes { _ = unsafe replay.apply(kind: kind % 16, payload: $0) }
        }
        _ = contents(of: store)
    }

    /// A log is written, damaged as the input says, and opened again.
    static let recovery = FuzzTarget("recovery", "what a damaged log brings back was once written, and it always opens")
    { input in
        var bytes = Bytes(input)
        let folder = "/dev/shm/medic-fuzz-\(getpid())"
        var expected: [Sighting: Set<UInt64>] = [:]
        attempt("write the log") { () throws(FileError) in
            try clear(folder)
            expected = try write(&bytes, to: folder)
            try damage(&bytes, in: folder)
        }
        // Twice: what a recovery leaves behind is a log as well.
        for _ in 0..<2 {
            let store = SampleStore()
            attempt("open the damaged log") { () throws(FileError) in
                let (log, _) = try SampleLog.open(folder, into: store)
                for (sighting, bits) in contents(of: store) {
                    hold(expected[sighting]?.contains(bits) == true, "\(sighting) of \(bits) was never written")
                }
                try log.close()
            }
        }
    }

    private static func attempt(_ what: String, _ body: () throws(FileError) -> Void) {
        do throws(FileError) { try body() } catch { broken("cannot \(what): \(error)") }
    }

    private static func clear(_ folder: String) throws(FileError) {
        guard try FileSystem.statusIfPresent(folder) != nil else { return }
        for name in try FileSystem.list(folder) { try FileSystem.remove("\(folder)/\(name)") }
    }

    private static func write(_ bytes: inout Bytes, to folder: String) throws(FileError) -> [Sighting: Set<UInt64>] {
        let store = SampleStore()
        let options = SampleLog.Options(fileBytes: 512 + Int(bytes.byte()))
        let (log, _) = try SampleLog.open(folder, options: options, into: store)
        var expected: [Sighting: Set<UInt64>] = [:]
        guard let writer = try? store.openTimeline(named: "fuzz") else { broken("a first timeline is refused") }
        for frame in 0..<Int64(1 + bytes.number(below: 40)) {
            let labels: Labels = ["__name__": "m", "n": "\(bytes.number(below: 5))"]
            guard let slot = try? writer.slot(for: labels) else { broken("a slot is refused") }
            var row = [Double](repeating: MarkerNaN.absent, count: writer.width)
            row[slot] = Double(bytes.byte()) / 10
            unsafe row.withUnsafeBufferPointer { row in
                try? unsafe writer.append(at: Timestamp(milliseconds: frame * 1_000), values: row)
            }
            expected[Sighting(labels: labels, time: frame * 1_000), default: []].insert(row[slot].bitPattern)
            if bytes.number(below: 4) == 0 { try log.flush(now: Timestamp(milliseconds: frame * 1_000)) }
            if bytes.number(below: 16) == 15 { try log.writeSnapshot(of: store) }
        }
        try log.close()
        return expected
    }

    /// Cuts, changes, removes, doubles or lengthens files, each by a few bytes of the input.
    private static func damage(_ bytes: inout Bytes, in folder: String) throws(FileError) {
        let names = try FileSystem.list(folder).filter { $0 != "lock" }
        guard !names.isEmpty else { return }
        for _ in 0..<3 where !bytes.isEmpty {
            let path = "\(folder)/\(names[bytes.number(below: names.count)])"
            guard try FileSystem.statusIfPresent(path) != nil else { continue }
            var content = try FileSystem.read(path)
            let place = content.isEmpty ? 0 : Int(bytes.word() % UInt64(content.count))
            switch bytes.number(below: 6) {
            case 0: content.removeSubrange(place...)
            case 1 where !content.isEmpty: content[place] ^= bytes.byte() | 1
            case 2: content.append(contentsOf: content[place...])
            case 3: content += [UInt8](repeating: 0, count: place)
            case 4 where !content.isEmpty: content.remove(at: place)
            default: content = []
            }
            try FileSystem.replace(path, with: content)
        }
    }

    private static func contents(of store: SampleStore) -> [Sighting: UInt64] {
        var found: [Sighting: UInt64] = [:]
        let series = store.readIndex { index in index.select([]).map { (index.labels(of: $0), index.homes(of: $0)) } }
        for (labels, homes) in series {
            for home in homes {
                let view = store.view(of: home.timeline)
                for frame in view.firstFrame..<view.endFrame {
                    let (time, value) = (view.timestamp(of: frame), view.value(slot: home.slot, frame: frame))
                    guard time >= home.since, !value.isAbsent else { continue }
                    found[Sighting(labels: labels, time: time)] = value.bitPattern
                }
            }
        }
        return found
    }
}

/// A series at a moment.
private struct Sighting: Hashable {
    let labels: Labels
    let time: Int64
}
