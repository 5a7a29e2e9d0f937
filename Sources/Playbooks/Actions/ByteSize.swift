/// Counts of bytes as people write them.
enum ByteSize {
    // As systemd reads them: K alone counts in 1024s, kB in thousands.
    private static let units: [(name: String, bytes: Double)] = [
        ("", 1), ("B", 1),
        ("K", 0x1p10), ("M", 0x1p20), ("G", 0x1p30), ("T", 0x1p40), ("P", 0x1p50),
        ("KiB", 0x1p10), ("MiB", 0x1p20), ("GiB", 0x1p30), ("TiB", 0x1p40), ("PiB", 0x1p50),
        ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("PB", 1e15),
    ]

    /// `200MB`, `1.5GiB`, `4096`; nil for anything else.
    static func read(_ text: String) -> Int64? {
        let digits = text.utf8.prefix { Names.isDigit($0) || $0 == UInt8(ascii: ".") }
        let unit = String(Substring(text.utf8.dropFirst(digits.count)).drop { $0 == " " })
        guard Names.isDigit(digits.first ?? 0), let number = Double(String(Substring(digits))),
            let factor = units.first(where: { $0.name.lowercased() == unit.lowercased() })?.bytes
        else { return nil }
        let bytes = number * factor
        return bytes < 0x1p63 ? Int64(bytes) : nil
    }
}
