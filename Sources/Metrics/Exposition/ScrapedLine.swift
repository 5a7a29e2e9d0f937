/// One remembered line: what its bytes before the value were, in a fingerprint, and whose value it carries. A line is
/// everything that the parser takes for one entry, so the lines of a body follow each other without a gap.
///
/// Sixteen bytes, since every series of every target has one.
struct ScrapedLine {
    struct Flags: OptionSet {
        var rawValue: UInt8
        static let isSample = Flags(rawValue: 1)
        /// An earlier line of the scrape has the same slot.
        static let isDuplicate = Flags(rawValue: 2)
        /// The sample carries its own time.
        static let isTimed = Flags(rawValue: 4)
        static let isType = Flags(rawValue: 8)
        /// Help, type or unit, whose text is kept.
        static let isDescription = Flags(rawValue: 16)
        /// A line of which no part may change: the fingerprint is that of all of it.
        static let isWhole = Flags(rawValue: 32)
    }

    /// A line with more bytes before the value is read in full each time.
    static let lengthLimit = 1 << 23 - 1
    private static let typeShift: UInt32 = 23
    private static let flagsShift: UInt32 = 26

    let fingerprint: UInt64
    private var bits: UInt32
    /// -1 for a line without one.
    let slot: Int32

    init(_ fingerprint: UInt64, length: Int, slot: Int, type: MetricType, flags: Flags) {
        self.fingerprint = fingerprint
        self.slot = Int32(truncatingIfNeeded: slot)
        bits = UInt32(truncatingIfNeeded: Swift.min(length, Self.lengthLimit))
        self.type = type
        self.flags = flags
    }

    /// How many bytes the fingerprint stands for.
    @inline(__always)
    var length: Int { Int(bits & UInt32(Self.lengthLimit)) }

    /// The type in effect behind this line, on which the labels of the series depend.
    var type: MetricType {
        get { MetricType(rawValue: UInt8(truncatingIfNeeded: bits >> Self.typeShift & 7)) ?? .unknown }
        set { bits = bits & ~(7 << Self.typeShift) | UInt32(newValue.rawValue) << Self.typeShift }
    }

    @inline(__always)
    var flags: Flags {
        get { Flags(rawValue: UInt8(truncatingIfNeeded: bits >> Self.flagsShift)) }
        set { bits = bits & (1 << Self.flagsShift - 1) | UInt32(newValue.rawValue) << Self.flagsShift }
    }

    /// Whether the series is known before the value is, so that the value may be looked at on its own.
    var hasSeparateValue: Bool { flags.contains(.isSample) && !flags.contains(.isWhole) }
}
