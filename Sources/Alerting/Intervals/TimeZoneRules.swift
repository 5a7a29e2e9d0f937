/// When the clocks of a place are changed, read from a file of the system's time zone database (RFC 8536).
public struct TimeZoneRules: Hashable, Sendable {
    /// What the clocks show during some time.
    public struct Offset: Hashable, Sendable {
        /// Seconds east of Greenwich.
        public let seconds: Int
        /// `CET`.
        public let name: String
    }

    private let transitions: [Int64]
    private let offsets: [Offset]
    private let initial: Offset
    /// The rule for all years after the last transition.
    private let rest: PosixTimeZone?

    /// Greenwich all year round.
    public static let utc = TimeZoneRules(always: Offset(seconds: 0, name: "UTC"))

    init(always offset: Offset) {
        transitions = []
        offsets = []
        initial = offset
        rest = nil
    }

    /// Reads the contents of a file; nil when they are none of that format.
    public init?(file bytes: [UInt8]) {
        var reader = TimeZoneFileReader(bytes)
        guard let file = reader.file() else { return nil }
        transitions = file.transitions
        offsets = file.offsets
        initial = file.initial
        rest = file.footer.isEmpty ? nil : PosixTimeZone(file.footer)
    }

    /// What the clocks show at a moment, given in seconds since the epoch.
    public func offset(at seconds: Int64) -> Offset {
        guard let last = transitions.last else { return rest?.offset(at: seconds) ?? initial }
        if seconds >= last { return rest?.offset(at: seconds) ?? offsets.last ?? initial }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? initial : offsets[low - 1]
    }
}

/// The contents of a time zone file.
struct TimeZoneFileReader {
    struct File {
        var transitions: [Int64] = []
        var offsets: [TimeZoneRules.Offset] = []
        var initial = TimeZoneRules.Offset(seconds: 0, name: "UTC")
        var footer = ""
    }

    private struct Counts {
        let universal: Int
        let standard: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        func size(timeWidth: Int) -> Int {
            times * (timeWidth + 1) + types * 6 + characters + leaps * (timeWidth + 4) + standard + universal
        }
    }

    private let bytes: [UInt8]
    private var place = 0
    // Real files stay far below; the bound keeps sums of counts from overflowing.
    private static let countMax = 100_000

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func file() -> File? {
        guard let (version, counts) = header() else { return nil }
        guard version >= 2 else { return block(counts, timeWidth: 4) }
        place += counts.size(timeWidth: 4)
        guard let (_, wide) = header(), var file = block(wide, timeWidth: 8) else { return nil }
        if place < bytes.count, bytes[place] == UInt8(ascii: "\n") {
            file.footer = String(decoding: bytes[(place + 1)...].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        }
        return file
    }

    private mutating func header() -> (version: Int, counts: Counts)? {
        guard place + 44 <= bytes.count, bytes[place...].starts(with: "TZif".utf8) else { return nil }
        let version = bytes[place + 4] == 0 ? 1 : Int(bytes[place + 4]) - 0x30
        place += 20
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = number(4), (0...Int64(Self.countMax)).contains(count) else { return nil }
            counts.append(Int(count))
        }
        return (
            version,
            Counts(
                universal: counts[0],
                standard: counts[1],
                leaps: counts[2],
                times: counts[3],
                types: counts[4],
                characters: counts[5]
            )
        )
    }

    private mutating func block(_ counts: Counts, timeWidth: Int) -> File? {
        guard counts.types > 0, place + counts.size(timeWidth: timeWidth) <= bytes.count else { return nil }
        let end = place + counts.size(timeWidth: timeWidth)
        var file = File()
        for _ in 0..<counts.times {
            guard let time = number(timeWidth) else { return nil }
            file.transitions.append(time)
        }
        let indices = bytes[place..<place + counts.times].map(Int.init)
        place += counts.times
        let names = bytes[(place + counts.types * 6)..<(place + counts.types * 6 + counts.characters)]
        var types: [TimeZoneRules.Offset] = []
        for _ in 0..<counts.types {
            guard let seconds = number(4), (-172_800...172_800).contains(seconds) else { return nil }
            let name = names.dropFirst(Int(bytes[place + 1])).prefix { $0 != 0 }
            types.append(.init(seconds: Int(seconds), name: String(decoding: name, as: UTF8.self)))
            place += 2
        }
        guard indices.allSatisfy({ $0 < types.count }) else { return nil }
        file.offsets = indices.map { types[$0] }
        file.initial = types[0]
        place = end
        return file
    }

    /// A whole number with its sign, most significant byte first.
    private mutating func number(_ width: Int) -> Int64? {
        guard place + width <= bytes.count else { return nil }
        let value = bytes[place..<place + width].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        place += width
        return width == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
    }
}
