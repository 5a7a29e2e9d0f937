/// What a program prints, kept up to a bound: its beginning and its end, since causes stand at the one and results at the other.
public struct BoundedOutput: Sendable, Hashable {
    private let limit: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    /// How many bytes were printed in all.
    public private(set) var total = 0

    public init(limit: Int) {
        self.limit = max(limit, 2)
    }

    public mutating func append(_ bytes: [UInt8]) {
        total &+= bytes.count
        let room = limit / 2 - head.count
        head += bytes.prefix(max(room, 0))
        tail += bytes.dropFirst(max(room, 0))
        // Cut now and then rather than each time: amortised, a byte is moved once.
        if tail.count > limit { tail.removeFirst(tail.count - limit / 2) }
    }

    public var isCut: Bool { total > head.count + min(tail.count, limit / 2) }

    /// As text, with a line in the middle that tells how much is missing.
    public var text: String {
        let end = tail.suffix(limit / 2)
        let missing = total - head.count - end.count
        let mark = missing > 0 ? "\n[... \(missing) bytes left out ...]\n" : ""
        return String(decoding: head, as: UTF8.self) + mark + String(decoding: end, as: UTF8.self)
    }
}
