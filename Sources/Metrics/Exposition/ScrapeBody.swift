/// The body of one scrape, filled as it arrives. Used again for the next scrape without allocating.
public struct ScrapeBody: Sendable {
    /// The most bytes a body may have. A larger one is refused, so that a broken target cannot take the memory of the
    /// host.
    public let limit: Int
    var bytes: [UInt8] = []

    /// Positions inside a body are kept in 32 bits.
    private static let largestLimit = Int(UInt32.max) - 1

    public init(limit: Int = 256 << 20) {
        self.limit = Swift.min(Swift.max(limit, 0), Self.largestLimit)
    }

    public var count: Int { bytes.count }

    /// Bytes of memory it holds.
    public var capacity: Int { bytes.capacity }

    /// Takes the next piece; false, and nothing taken, where the body would become larger than its limit.
    public mutating func append(_ piece: Span<UInt8>) -> Bool {
        unsafe piece.withUnsafeBufferPointer { piece in unsafe append(UnsafeRawBufferPointer(piece)) }
    }

    /// The same for a piece in raw memory, such as a network library hands out.
    public mutating func append(_ piece: UnsafeRawBufferPointer) -> Bool {
        guard piece.count <= limit - bytes.count else { return false }
        makeRoom(for: bytes.count + piece.count)
        unsafe bytes.append(contentsOf: piece)
        return true
    }

    // Growing by a quarter instead of twofold leaves less of it empty.
    private mutating func makeRoom(for count: Int) {
        if count > bytes.capacity { bytes.reserveCapacity(count + count / 4) }
    }

    /// Empties the body and keeps its memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Prometheus text may lack its last line end; with it, no line needs a look at what follows the body.
    mutating func closeLastLine(of format: ExpositionFormat) {
        if format == .text, let last = bytes.last, last != UInt8(ascii: "\n") {
            bytes.append(UInt8(ascii: "\n"))
        }
    }
}
