/// One value at one moment.
public struct Sample: Sendable {
    public var timestamp: Timestamp
    public var value: Double

    public init(timestamp: Timestamp, value: Double) {
        self.timestamp = timestamp
        self.value = value
    }
}

/// The NaNs that mean something, told apart by their bits alone.
///
/// Both markers are signaling NaNs: arithmetic never yields one, so a marker in a column was put there on purpose.
public enum MarkerNaN {
    /// Says that a series has ended: the same bits that Prometheus writes and sends.
    public static let staleBits: UInt64 = 0x7ff0_0000_0000_0002
    /// Says that a column holds no sample at this place. Never leaves the process, never enters from outside.
    public static let absentBits: UInt64 = 0x7ff0_0000_6d65_6463
    /// The ordinary NaN, as Prometheus writes it.
    public static let plainBits: UInt64 = 0x7ff8_0000_0000_0001

    public static let stale = Double(bitPattern: staleBits)
    public static let absent = Double(bitPattern: absentBits)
    public static let plain = Double(bitPattern: plainBits)
}

extension Double {
    /// Whether this is the staleness marker, bit for bit.
    @inlinable
    public var isStaleMarker: Bool { bitPattern == 0x7ff0_0000_0000_0002 }

    /// Whether this is the hole in a column, bit for bit.
    @inlinable
    public var isAbsent: Bool { bitPattern == 0x7ff0_0000_6d65_6463 }
}
