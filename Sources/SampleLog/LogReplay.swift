import Metrics
public import Storage

/// Puts records back into a store. Records may be anything: one that does not fit is left out and counted.
@safe public struct LogReplay {
    private let store: SampleStore
    private var codecs: [TimelineID: FrameCodec] = [:]
    /// How many slots have been defined in each timeline so far. A frame says how many there were when it was written; where
    /// that differs, a definition was lost and nobody knows whose values they are.
    var definitions: [TimelineID: UInt64] = [:]
    private var lost: Set<TimelineID> = []
    private var snapshot: SnapshotReplay

    public private(set) var frames = 0
    public private(set) var skipped = 0
    public private(set) var newestTime: Int64?
    /// Whether a snapshot has been read to its end.
    public private(set) var isSnapshotWhole = false

    public init(into store: SampleStore) {
        self.store = store
        snapshot = SnapshotReplay(store: store)
    }

    /// The records from now on are of another file. Frames are read from the start of their file.
    public mutating func beginFile() {
        codecs.removeAll()
    }

    /// Takes over what a record says; false when it does not fit.
    @discardableResult
    public mutating func apply(kind: UInt8, payload: UnsafeRawBufferPointer) -> Bool {
        var reader = unsafe ByteReader(payload)
        let isTaken =
            switch RecordKind(rawValue: kind) {
            case .logHeader, .snapshotHeader: header(&reader)
            case .timelineOpened: timelineOpened(&reader)
            case .slotDefined: slotDefined(&reader)
            case .frame: frame(&reader)
            case .samplesDropped: samplesDropped(&reader)
            case .timeline: timeline(&reader)
            case .series: snapshot.series(&reader)
            case .framesBegin: snapshot.framesBegin(&reader)
            case .segment: snapshot.segment(&reader)
            case .framesEnd: framesEnd(&reader)
            case .snapshotEnd: snapshotEnd()
            case nil: false
            }
        if !isTaken { skipped += 1 }
        return isTaken
    }

    private mutating func header(_ reader: inout ByteReader) -> Bool {
        guard reader.field() == Record.formatName, reader.number() != nil else { return false }
        if let next = reader.number() { store.restoreNextTimeline(UInt32(clamping: next)) }
        return true
    }

    private mutating func snapshotEnd() -> Bool {
        isSnapshotWhole = true
        return true
    }

    private mutating func timelineOpened(_ reader: inout ByteReader) -> Bool {
        guard let id = reader.timeline(), let isSolo = reader.byte(), let name = reader.text() else { return false }
        return store.restoreTimeline(id, name: name, isSolo: isSolo == 1)
    }

    private mutating func slotDefined(_ reader: inout ByteReader) -> Bool {
        guard let id = reader.timeline(), let number = reader.number(), let slot = reader.count(upTo: Self.slotLimit),
            let since = reader.signedNumber(), let labels = reader.labels()
        else { return false }
        let known = definitions[id] ?? 0
        // A snapshot may know it already.
        if number <= known { return true }
        if number > known + 1 { lost.insert(id) }
        definitions[id] = number
        return store.restoreSlot(id, slot: slot, since: since, labels: labels)
    }

    static let slotLimit = 1 << 26

    private mutating func frame(_ reader: inout ByteReader) -> Bool {
        guard let id = reader.timeline(), let number = reader.number() else { return false }
        let isKnown = (definitions[id] ?? 0) == number && !lost.contains(id)
        var isStored = false
        var newest = newestTime
        let store = store
        // Read even when it is of no use: the next frame builds on it. More slots than bits were written is no frame.
        let isFrame = unsafe codecs[id, default: FrameCodec()].read(
            &reader,
            slotLimit: Swift.min(Self.slotLimit, reader.remaining * 8)
        ) { time, values in
            guard isKnown else { return }
            isStored = unsafe store.restoreFrame(id, at: time, values: values)
            newest = Swift.max(newest ?? time, time)
        }
        guard isFrame, isStored else { return false }
        newestTime = newest
        frames += 1
        return true
    }

    private mutating func samplesDropped(_ reader: inout ByteReader) -> Bool {
        guard let time = reader.signedNumber() else { return false }
        store.dropSamples(before: Timestamp(rawValue: time))
        return true
    }

    private mutating func timeline(_ reader: inout ByteReader) -> Bool {
        guard let (id, count) = snapshot.timeline(&reader) else { return false }
        definitions[id] = count
        return true
    }

    private mutating func framesEnd(_ reader: inout ByteReader) -> Bool {
        guard let newest = snapshot.framesEnd(&reader) else { return false }
        newestTime = Swift.max(newestTime ?? newest, newest)
        return true
    }
}

extension ByteReader {
    mutating func timeline() -> TimelineID? {
        count(upTo: Int(UInt32.max)).map { TimelineID(rawValue: UInt32($0)) }
    }

    mutating func text() -> String? {
        field().flatMap { String(validating: $0, as: UTF8.self) }
    }

    mutating func labels() -> Labels? {
        field().flatMap { Labels(checkingPackedBytes: $0) }
    }
}

extension LogReplay {
    /// The sound records at the start of a file's bytes, for proofs that replay them changed.
    package static func records(of bytes: [UInt8]) -> [(kind: UInt8, payload: [UInt8])] {
        var records: [(kind: UInt8, payload: [UInt8])] = []
        unsafe bytes.withUnsafeBytes { bytes in
            _ = unsafe Record.forEach(in: bytes) { kind, payload in
                unsafe records.append((kind, Array(payload)))
                return true
            }
        }
        return records
    }
}
