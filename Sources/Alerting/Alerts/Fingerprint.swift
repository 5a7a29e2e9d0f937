public import Metrics

/// The number by which Alertmanager and its clients name an alert: a hash of its labels that stays the same everywhere.
public struct Fingerprint: Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// FNV-1a over names and values in the order of the names, a byte that no text holds after each.
    public init(_ labels: Labels) {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        for label in labels {
            label.name.utf8.forEach(add)
            add(255)
            label.value.utf8.forEach(add)
            add(255)
        }
        rawValue = hash
    }

    /// Reads the sixteen digits.
    public init?(_ text: String) {
        guard text.utf8.count == 16, let value = UInt64(text, radix: 16), !text.utf8.contains(UInt8(ascii: "+")) else {
            return nil
        }
        rawValue = value
    }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Fingerprint: CustomStringConvertible {
    /// Sixteen digits, as the API prints them.
    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
