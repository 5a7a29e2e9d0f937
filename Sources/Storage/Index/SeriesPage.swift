/// What the index knows of one series.
struct SeriesRecord {
    var hash: UInt32
    /// Where the numbers of its label pairs begin in the page.
    var firstPair: UInt32
    var pairCount: UInt16
    var isAlive: Bool
    /// Whether it had homes before the present one.
    var hasMoved: Bool
    var timeline: UInt32
    var slot: UInt32
    var since: Int64
}

/// The records of up to 1024 series with adjacent numbers. Numbers are not given twice, so a page whose series are all gone
/// is dropped whole; series of one target are created and vanish together.
struct SeriesPage {
    static let shift: UInt32 = 10
    static let size = 1 << Int(shift)

    var records: [SeriesRecord] = []
    var pairs: [UInt32] = []
    var liveCount = 0

    var byteCount: Int {
        64 + records.capacity * MemoryLayout<SeriesRecord>.stride + pairs.capacity * MemoryLayout<UInt32>.stride
    }

    var isFull: Bool { records.count == Self.size }

    /// Gives back the room that growing by doubling has left over.
    mutating func trim() {
        records = unsafe records.withUnsafeBufferPointer { unsafe Array($0) }
        pairs = unsafe pairs.withUnsafeBufferPointer { unsafe Array($0) }
    }
}
