import Files
import Storage

/// Writes an image of a store, record by record, a megabyte at a time.
struct SnapshotWriter: ~Copyable {
    private var file: ReplacementFile
    private var buffer = ByteBuffer()
    private var writtenBytes = 0

    private static let chunkBytes = 1 << 20
    private static let seriesPerRecord = 1000

    init(_ path: String) throws(FileError) {
        file = try ReplacementFile(of: path, permissions: .exactly(0o640))
    }

    /// Writes it all and puts the file in place; returns its length.
    consuming func write(
        _ image: StoreImage,
        of store: SampleStore,
        number: UInt64,
        definitions: [TimelineID: UInt64]
    ) throws(FileError) -> Int {
        Record.append(.snapshotHeader, room: 64, to: &buffer) { writer in
            writer.field(Record.formatName)
            writer.number(number)
            writer.number(UInt64(image.nextTimeline))
        }
        for timeline in image.timelines { try write(timeline, definitions: definitions[timeline.id] ?? 0) }
        for start in stride(from: 0, to: image.series.count, by: Self.seriesPerRecord) {
            let end = Swift.min(start + Self.seriesPerRecord, image.series.count)
            try write(image.series[start..<end], image, store)
        }
        for timeline in image.timelines { try writeFrames(of: timeline) }
        Record.append(.snapshotEnd, room: 0, to: &buffer) { _ in }
        try drain(keeping: 0)
        let length = writtenBytes
        try file.commit()
        return length
    }

    private mutating func drain(keeping limit: Int) throws(FileError) {
        guard buffer.count > limit else { return }
        let buffered = buffer
        try buffered.withSpan { bytes throws(FileError) in try file.write(bytes) }
        writtenBytes += buffer.count
        buffer.removeAll()
    }

    private mutating func write(_ timeline: TimelineView.Named, definitions: UInt64) throws(FileError) {
        let name = Array(timeline.name.utf8)
        Record.append(.timeline, room: 80 + name.count, to: &buffer) { writer in
            writer.number(UInt64(timeline.id.rawValue))
            writer.byte(timeline.isSolo ? 1 : 0)
            writer.field(name)
            writer.signedNumber(timeline.newestTime)
            writer.number(definitions)
            writer.number(UInt64(timeline.seriesOfSlot.count))
        }
        try drain(keeping: Self.chunkBytes)
    }

    private mutating func write(
        _ series: ArraySlice<StoreImage.Series>,
        _ image: StoreImage,
        _ store: SampleStore
    ) throws(FileError) {
        // Those that have left since have no labels any more.
        let known = zip(series, store.packedLabels(of: series.map(\.number))).filter { !$1.isEmpty }
        let homes = known.map { series, _ in (image.earlierHomes[series.number] ?? []) + [series.home] }
        let room = zip(known, homes).reduce(32) { $0 + $1.0.1.count + 32 + 32 * $1.1.count }
        Record.append(.series, room: room, to: &buffer) { writer in
            writer.number(UInt64(known.count))
            for ((_, labels), homes) in zip(known, homes) {
                writer.field(labels)
                writer.number(UInt64(homes.count))
                for home in homes {
                    writer.number(UInt64(home.timeline.rawValue))
                    writer.number(UInt64(home.slot))
                    writer.signedNumber(home.since)
                }
            }
        }
        try drain(keeping: Self.chunkBytes)
    }

    private mutating func writeFrames(of timeline: TimelineView.Named) throws(FileError) {
        let view = timeline.view
        let irregular = view.irregularFrames
        let id = UInt64(timeline.id.rawValue)
        Record.append(.framesBegin, room: 32 + irregular.count * 5, to: &buffer) { writer in
            writer.number(id)
            writer.number(UInt64(irregular.count))
            for frame in irregular { writer.number(UInt64(frame)) }
        }
        let (sealed, open) = view.parts()
        for segment in sealed { try write(segment, isOpen: false, id) }
        if let open { try write(open, isOpen: true, id) }
        Record.append(.framesEnd, room: 16, to: &buffer) { $0.number(id) }
        try drain(keeping: Self.chunkBytes)
    }

    private mutating func write(_ segment: Segment, isOpen: Bool, _ id: UInt64) throws(FileError) {
        unsafe segment.withBytes { bytes in
            Record.append(.segment, room: 64 + bytes.count, to: &buffer) { writer in
                writer.number(id)
                writer.byte(isOpen ? 1 : 0)
                writer.number(UInt64(segment.firstFrame))
                writer.number(UInt64(segment.rowCount))
                writer.number(UInt64(segment.slotCount))
                unsafe writer.bytes(bytes)
            }
        }
        try drain(keeping: Self.chunkBytes)
    }
}
