/// A size in bytes, as configuration writes it: `512`, `64KB`, `10MiB`, `1.5GB`.
///
/// As Prometheus reads sizes, every prefix is a power of 1,024, with or without the `i`.
public struct ByteCount: RawRepresentable, Hashable, Comparable, Sendable {
    public var rawValue: Int64

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    public init(_ count: Int64) {
        rawValue = count
    }

    /// Nil for what is no size, is negative, or is larger than any memory.
    public init?(text: String) {
        let units: [(suffix: String, factor: Int64)] = [
            ("EiB", 1 << 60), ("PiB", 1 << 50), ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
            ("EB", 1 << 60), ("PB", 1 << 50), ("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10),
            ("E", 1 << 60), ("P", 1 << 50), ("T", 1 << 40), ("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10), ("B", 1),
            ("", 1),
        ]
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
        let digits = text.dropLast(unit.suffix.count)
        let isDecimal = digits.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".")
        }
        guard isDecimal, !digits.isEmpty, let number = Double(digits) else { return nil }
        let bytes = number * Double(unit.factor)
        guard bytes < 0x1p62 else { return nil }
        rawValue = Int64(bytes)
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension ByteCount: CustomStringConvertible {
    /// In the largest unit of which there is at least one: `1.5 GiB`.
    public var description: String {
        let names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(rawValue)
        var place = 0
        while value.magnitude >= 1_024, place < names.count - 1 {
            value /= 1_024
            place += 1
        }
        let rounded = (value * 10).rounded() / 10
        let digits = rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
        return "\(digits) \(names[place])"
    }
}
