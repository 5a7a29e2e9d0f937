/// KEY=VALUE lines, as environment files of systemd and of shells have them, in which one value is replaced.
struct EnvironmentText {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func value(of key: String) throws -> ConfigText.Scalar {
        let range = try range(of: key)
        return ConfigText.Scalar(text: try unquoted(range), isText: true)
    }

    func setting(_ key: String, to value: String) throws -> [UInt8] {
        let range = try range(of: key)
        _ = try unquoted(range)
        let written = try written(value, instead: bytes[range])
        return Array(bytes[..<range.lowerBound]) + written + bytes[range.upperBound...]
    }

    /// Where the value of the last assignment stands, quotes included: of several the last one counts.
    private func range(of key: String) throws -> Range<Int> {
        let isKey =
            !key.isEmpty && key.utf8.allSatisfy { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") }
        guard isKey else { throw DeedFailure("'\(Wording.shown(key))' is not the name of a variable") }
        var found: Range<Int>?
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            var rest = line.drop { $0 == 0x20 || $0 == 0x09 }
            if rest.starts(with: Array("export ".utf8)) { rest = rest.dropFirst(7).drop { $0 == 0x20 } }
            guard rest.starts(with: key.utf8), rest.dropFirst(key.utf8.count).first == UInt8(ascii: "=") else {
                continue
            }
            rest = rest.dropFirst(key.utf8.count + 1)
            var end = rest.endIndex
            while end > rest.startIndex, [0x20, 0x09, 0x0D].contains(bytes[end - 1]) { end -= 1 }
            found = rest.startIndex..<end
        }
        guard let found else { throw DeedFailure("there is no '\(key)=' in the file") }
        return found
    }

    private func unquoted(_ range: Range<Int>) throws -> String {
        var value = bytes[range]
        let quote = value.first
        if quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") {
            guard value.count >= 2, value.last == quote else { throw Self.unreadable }
            value = value.dropFirst().dropLast()
            guard !value.contains(quote ?? 0) else { throw Self.unreadable }
        }
        // Escapes and continued lines mean different things to different readers.
        guard !value.contains(UInt8(ascii: "\\")) else { throw Self.unreadable }
        return String(decoding: value, as: UTF8.self)
    }

    /// As plain as before where that is safe for every reader, else in single quotes, in which nothing has a meaning.
    private func written(_ value: String, instead former: ArraySlice<UInt8>) throws -> [UInt8] {
        let plain = Array("_./:@%+,=-".utf8)
        let isPlain = value.utf8.allSatisfy { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || plain.contains($0) }
        let quote = former.first
        if isPlain {
            guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return Array(value.utf8) }
            return [quote ?? 0] + Array(value.utf8) + [quote ?? 0]
        }
        guard
            !value.utf8.contains(where: {
                $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\\")
            })
        else {
            throw DeedFailure(
                "the value '\(Wording.shown(value))' cannot be written so that every reader takes it as it is"
            )
        }
        return [UInt8(ascii: "'")] + Array(value.utf8) + [UInt8(ascii: "'")]
    }

    private static let unreadable = DeedFailure(
        "the present value is quoted in a way that readers do not agree on; it is left alone"
    )
}
