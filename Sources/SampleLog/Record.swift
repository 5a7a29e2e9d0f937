/// What a record of a log or a snapshot says.
enum RecordKind: UInt8 {
    /// Begins a log: the format's name and version, and the file's number.
    case logHeader = 1
    case timelineOpened = 2
    case slotDefined = 3
    case frame = 4
    case samplesDropped = 5

    /// Begins a snapshot: the format's name and version, the first log that is not in it, the next timeline.
    case snapshotHeader = 16
    case timeline = 17
    case series = 18
    case framesBegin = 19
    case segment = 20
    case framesEnd = 21
    /// Ends a snapshot: without it the snapshot is not whole.
    case snapshotEnd = 22
}

/// How records stand in a file, one behind the other: the payload's length and a checksum in four bytes each, least
/// significant first, the kind in one, the payload. The checksum is over kind and payload.
enum Record {
    static let headerBytes = 9
    /// More than any record that is written.
    static let payloadLimit = 512 << 20
    static let formatName = Array("medic samples 1".utf8)

    /// Writes a record whose payload takes at most `room` bytes.
    @inline(__always)
    static func append(
        _ kind: RecordKind,
        room: Int,
        to buffer: inout ByteBuffer,
        _ body: (inout ByteWriter) -> Void
    ) {
        unsafe buffer.append(room: room + headerBytes) { target in
            var writer = unsafe ByteWriter(at: target + headerBytes)
            body(&writer)
            unsafe target.storeBytes(of: kind.rawValue, toByteOffset: 8, as: UInt8.self)
            let checked = unsafe UnsafeRawBufferPointer(start: target + 8, count: writer.count + 1)
            unsafe target.storeBytes(of: UInt32(writer.count).littleEndian, as: UInt32.self)
            unsafe target.storeBytes(of: Checksum.of(checked).littleEndian, toByteOffset: 4, as: UInt32.self)
            return headerBytes + writer.count
        }
    }

    /// How the records of a file end.
    enum Ending: Hashable, Sendable {
        /// With the last byte of a record.
        case whole
        /// With a part of a record, as when the process or the machine stopped while it was written.
        case torn
        /// With a record that is wrong although more follows.
        case damaged
    }

    /// More than this is not left behind by a write that was cut short.
    private static let tornLimit = 4 << 20

    /// Calls `body` for each record up to the first that is wrong, or that `body` refuses. Returns how many bytes those
    /// records take and how the file ends.
    static func forEach(
        in bytes: UnsafeRawBufferPointer,
        _ body: (UInt8, UnsafeRawBufferPointer) -> Bool
    ) -> (length: Int, ending: Ending) {
        var place = 0
        while place < bytes.count {
            guard let payload = unsafe payload(of: bytes, at: place) else {
                return (place, unsafe ending(of: bytes, at: place))
            }
            guard unsafe body(bytes[place + 8], UnsafeRawBufferPointer(rebasing: bytes[payload])) else {
                return (place, .damaged)
            }
            place = payload.upperBound
        }
        return (place, .whole)
    }

    /// Where the payload of the record is; nil when there is no sound record.
    private static func payload(of bytes: UnsafeRawBufferPointer, at place: Int) -> Range<Int>? {
        guard let end = unsafe end(of: bytes, at: place), end <= bytes.count else { return nil }
        let checksum = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4, as: UInt32.self))
        let checked = unsafe UnsafeRawBufferPointer(rebasing: bytes[place + 8..<end])
        return unsafe Checksum.of(checked) == checksum ? place + headerBytes..<end : nil
    }

    /// Where the record says that it ends.
    private static func end(of bytes: UnsafeRawBufferPointer, at place: Int) -> Int? {
        guard bytes.count - place >= headerBytes else { return nil }
        let length = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        return length <= payloadLimit ? place + headerBytes + Int(length) : nil
    }

    private static func ending(of bytes: UnsafeRawBufferPointer, at place: Int) -> Ending {
        let rest = bytes.count - place
        if rest > tornLimit { return .damaged }
        // A file system may have made the file longer and not have filled it.
        if unsafe bytes[place...].allSatisfy({ $0 == 0 }) { return .torn }
        guard let end = unsafe end(of: bytes, at: place) else { return rest < headerBytes ? .torn : .damaged }
        return end >= bytes.count ? .torn : .damaged
    }
}
