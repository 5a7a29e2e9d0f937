import Metrics
import Storage

/// The records of a snapshot: timelines first, then the series with their homes, then the frames of one timeline after the
/// other.
struct SnapshotReplay {
    let store: SampleStore
    /// The timeline whose frames are being read.
    private var current: TimelineID?
    private var newestTimes: [TimelineID: Int64] = [:]
    private var segments: [Segment] = []
    private var open: Segment?
    private var lastIrregular: [UInt32] = []

    init(store: SampleStore) {
        self.store = store
    }

    /// The timeline and how many slots had been defined in it.
    mutating func timeline(_ reader: inout ByteReader) -> (TimelineID, UInt64)? {
        guard let id = reader.timeline(), let isSolo = reader.byte(), let name = reader.text(),
            let newestTime = reader.signedNumber(), let definitions = reader.number(),
            let slots = reader.count(upTo: LogReplay.slotLimit),
            store.restoreTimeline(id, name: name, isSolo: isSolo == 1, slots: slots)
        else { return nil }
        newestTimes[id] = newestTime
        return (id, definitions)
    }

    mutating func series(_ reader: inout ByteReader) -> Bool {
        guard let count = reader.count(upTo: reader.remaining) else { return false }
        var isWhole = true
        for _ in 0..<count {
            guard let labels = reader.labels(), let homes = reader.count(upTo: reader.remaining) else { return false }
            for _ in 0..<homes {
                guard let id = reader.timeline(), let slot = reader.count(upTo: LogReplay.slotLimit),
                    let since = reader.signedNumber()
                else { return false }
                if !store.restoreSlot(id, slot: slot, since: since, labels: labels) { isWhole = false }
            }
        }
        return isWhole
    }

    mutating func framesBegin(_ reader: inout ByteReader) -> Bool {
        (segments, open, lastIrregular) = ([], nil, [])
        current = reader.timeline()
        guard current != nil, let count = reader.count(upTo: reader.remaining) else { return false }
        for _ in 0..<count {
            guard let frame = reader.count(upTo: Int(UInt32.max)) else { return false }
            lastIrregular.append(UInt32(frame))
        }
        return true
    }

    mutating func segment(_ reader: inout ByteReader) -> Bool {
        guard let id = reader.timeline(), id == current, let isOpen = reader.byte(),
            let first = reader.count(upTo: 1 << 31 - 1), let rows = reader.count(upTo: 32),
            let slots = reader.count(upTo: LogReplay.slotLimit), let bytes = unsafe reader.take(reader.remaining),
            let segment = unsafe Segment(checking: bytes, firstFrame: first, rowCount: rows, slotCount: slots)
        else { return false }
        if isOpen == 1 { open = segment } else { segments.append(segment) }
        return true
    }

    /// The newest time of the timeline whose frames are complete.
    mutating func framesEnd(_ reader: inout ByteReader) -> Int64? {
        defer { (current, segments, open) = (nil, [], nil) }
        guard let id = reader.timeline(), id == current, let newestTime = newestTimes[id],
            store.restoreFrames(
                id,
                segments: segments,
                open: open,
                lastIrregular: lastIrregular,
                newestTime: newestTime
            )
        else { return nil }
        return newestTime
    }
}
