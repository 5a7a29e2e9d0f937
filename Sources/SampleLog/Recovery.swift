import Files
import Storage

/// Reads a log's folder back into a store. Whatever is in the files, it goes on with what is left.
struct Recovery {
    private let folder: LogFolder
    private let store: SampleStore
    private var replay: LogReplay
    private(set) var report = RecoveryReport()
    /// The number for the next log.
    private(set) var nextNumber: UInt64 = 1
    private(set) var logBytes = 0
    /// Damaged snapshots, to be set aside once there is another one.
    private(set) var damagedSnapshots: Set<UInt64> = []

    init(_ folder: LogFolder, into store: SampleStore) {
        self.folder = folder
        self.store = store
        replay = LogReplay(into: store)
    }

    var definitions: [TimelineID: UInt64] { replay.definitions }

    mutating func run() throws(FileError) {
        let contents = try folder.contents()
        for name in contents.leftovers { try? FileSystem.remove(folder.path(of: name)) }
        nextNumber = Swift.max(contents.logs.last ?? 0, contents.snapshots.last ?? 0) + 1
        let first = readSnapshot(contents.snapshots)
        var expected = first
        for number in contents.logs where number >= (first ?? 0) {
            if let expected, number > expected { noteMissing(expected..<number) }
            readLog(number)
            expected = number + 1
        }
        store.finishRestoring()
        let statistics = store.statistics
        report.series = statistics.series
        report.samples = statistics.samples
        report.frames = replay.frames
        report.skippedRecords = replay.skipped
        report.newestTime = replay.newestTime
    }

    private mutating func noteMissing(_ numbers: Range<UInt64>) {
        let name = LogFolder.logName(numbers.lowerBound)
        report.damages.append(.init(file: name, offset: 0, setAsideAs: nil, reason: .missing))
    }

    // MARK: - Snapshots

    /// Reads the newest snapshot that is whole, or else what is sound of the newest. Returns the first log after it.
    private mutating func readSnapshot(_ numbers: [UInt64]) -> UInt64? {
        for number in numbers.reversed() {
            let name = LogFolder.snapshotName(number)
            guard let file = open(name) else { continue }
            if unsafe file.withBytes({ unsafe Self.isWhole($0) }) {
                take(file, name)
                return number
            }
            damagedSnapshots.insert(number)
            report.damages.append(.init(file: name, offset: 0, setAsideAs: nil, reason: .incompleteSnapshot))
        }
        guard let number = damagedSnapshots.max(), let file = open(LogFolder.snapshotName(number)) else { return nil }
        take(file, LogFolder.snapshotName(number))
        return number
    }

    private mutating func take(_ file: MappedFile, _ name: String) {
        report.snapshot = name
        file.willReadInOrder()
        unsafe file.withBytes { bytes in
            _ = unsafe Record.forEach(in: bytes) { kind, payload in
                unsafe replay.apply(kind: kind, payload: payload)
                return true
            }
        }
    }

    private static func isWhole(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var last: UInt8 = 0
        let (_, ending) = unsafe Record.forEach(in: bytes) { kind, _ in
            last = kind
            return true
        }
        return ending == .whole && last == RecordKind.snapshotEnd.rawValue
    }

    private mutating func open(_ name: String) -> MappedFile? {
        do {
            return try MappedFile(folder.path(of: name))
        } catch {
            report.damages.append(
                .init(file: name, offset: 0, setAsideAs: nil, reason: .unreadable(error.reason))
            )
            return nil
        }
    }

    // MARK: - Logs

    private mutating func readLog(_ number: UInt64) {
        let name = LogFolder.logName(number)
        guard let file = open(name) else { return }
        report.logs += 1
        replay.beginFile()
        var isFirst = true
        let (length, ending) = unsafe file.withBytes { bytes in
            unsafe Record.forEach(in: bytes) { kind, payload in
                if isFirst && kind != RecordKind.logHeader.rawValue { return false }
                isFirst = false
                unsafe replay.apply(kind: kind, payload: payload)
                return true
            }
        }
        logBytes += length
        switch ending {
        case .whole: break
        case .torn: cut(name, file, at: length)
        case .damaged: setAside(name, file, keeping: length)
        }
    }

    private mutating func cut(_ name: String, _ file: MappedFile, at length: Int) {
        report.tornBytes += file.count - length
        do {
            var file = try AppendFile(folder.path(of: name))
            try file.truncate(to: Int64(length))
            try file.sync()
        } catch {
            report.damages.append(
                .init(file: name, offset: length, setAsideAs: nil, reason: .unreadable(error.reason))
            )
        }
    }

    /// Keeps the damaged file under another name, and its sound part under the old one: the logs after it build on that.
    private mutating func setAside(_ name: String, _ file: MappedFile, keeping length: Int) {
        var damage = RecoveryReport.Damage(file: name, offset: length, setAsideAs: nil, reason: .wrongRecord)
        do {
            damage.setAsideAs = try folder.setAside(name)
            let sound = unsafe file.withBytes { bytes in unsafe Array(bytes[..<length]) }
            try FileSystem.replace(folder.path(of: name), with: sound)
        } catch {
            // The sound part has been used all the same.
        }
        report.damages.append(damage)
    }

    /// Renames damaged snapshots, now that there is another one.
    mutating func setAsideSnapshots() {
        for number in damagedSnapshots {
            let name = LogFolder.snapshotName(number)
            let aside = try? folder.setAside(name)
            for index in report.damages.indices where report.damages[index].file == name {
                report.damages[index].setAsideAs = aside
            }
        }
    }
}
