public import YAML

extension Shape where Value == Int {
    /// A count of bytes as Prometheus writes it: `10MB`, `1.5GiB`, `0`. Prefixes are powers of 1,024, with and without the `i`.
    public static var byteSize: Self {
        let expectation = "a size such as 512KB, 10MB or 1GiB"
        return Shape<String>.string.narrowed(to: expectation) { ByteSize.parse($0) }
    }
}

/// The notation of sizes.
enum ByteSize {
    private static let prefixes = Array("KMGTPE".utf8)

    /// Nil for what is no size, or too large a one.
    static func parse(_ text: String) -> Int? {
        if text.utf8.elementsEqual("0".utf8) { return 0 }
        var rest = text.utf8[...]
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".") }
            guard let number = Double(String(Substring(digits))), !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let factor = factor(at: &rest) else { return nil }
            total += number * factor
        }
        guard !text.isEmpty, total < 0x1p62 else { return nil }
        return Int(total)
    }

    private static func factor(at rest: inout Substring.UTF8View) -> Double? {
        var power = 0
        if let first = rest.first, let place = prefixes.firstIndex(of: first) {
            power = place + 1
            rest = rest.dropFirst()
            if rest.first == UInt8(ascii: "i") { rest = rest.dropFirst() }
        }
        guard rest.first == UInt8(ascii: "B") else { return nil }
        rest = rest.dropFirst()
        return (0..<power).reduce(1.0) { factor, _ in factor * 1_024 }
    }
}
