/// A number in a configuration file, with the unit behind it: `200ms`, `8192`, `0.25`, `512MiB`.
struct BoundedNumber: Sendable, Hashable {
    let value: Double
    let unit: String
    private let isWhole: Bool

    init?(_ text: String) {
        let digits = text.utf8.prefix { $0 &- 48 < 10 || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
        guard let value = Double(String(Substring(digits))), value.isFinite else { return nil }
        let unit = String(Substring(text.utf8.dropFirst(digits.count)))
        guard unit.utf8.allSatisfy({ ($0 | 0x20) &- 97 < 26 || $0 == UInt8(ascii: "%") }) else { return nil }
        self.value = value
        self.unit = unit
        isWhole = !digits.contains(UInt8(ascii: "."))
    }

    /// Another number in the same manner: whole where it was whole and the new one may be, with the same unit. `spreads`: a fraction is
    /// meant, so that a whole `1` may become `0.5`.
    func written(_ value: Double, spreads: Bool) -> String {
        let rounded = (value * 1e9).rounded() / 1e9
        if isWhole, !spreads { return String(Int64(rounded.rounded())) + unit }
        return Wording.number(rounded) + unit
    }
}
