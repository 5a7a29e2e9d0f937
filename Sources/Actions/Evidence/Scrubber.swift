/// Strikes secrets out of what is kept or told: those that are known, and what looks like one.
struct Scrubber: Sendable {
    private let secrets: [[UInt8]]

    /// Below this length a secret would be found in everything.
    private static let secretBytesMin = 4
    private static let mask = Array("<secret>".utf8)
    private static let words = [
        "password", "passwd", "secret", "token", "api_key", "apikey", "api-key", "access_key", "private_key",
        "authorization", "credential",
    ].map { Array($0.utf8) }

    init(secrets: [String]) {
        self.secrets = secrets.map { Array($0.utf8) }.filter { $0.count >= Self.secretBytesMin }
            .sorted { $0.count > $1.count }
    }

    func scrub(_ text: String) -> String {
        String(decoding: scrub(Array(text.utf8)), as: UTF8.self)
    }

    func scrub(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for secret in secrets { bytes = Self.replacing(secret, in: bytes) }
        return Self.lines(bytes)
    }

    private static func replacing(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        guard bytes.count >= secret.count else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            if bytes[place] == secret[0], bytes[place...].starts(with: secret) {
                result += mask
                place += secret.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }

    /// In lines such as `db_password: x` and `TOKEN=x` all behind the colon or equals sign goes.
    private static func lines(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isFirst = true
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            if !isFirst { result.append(0x0A) }
            isFirst = false
            if let end = namesSecret(line) {
                result += line[..<end]
                result.append(0x20)
                result += mask
            } else {
                result += line
            }
        }
        return result
    }

    /// Where the value begins in a line that names a secret; nil in any other.
    private static func namesSecret(_ line: ArraySlice<UInt8>) -> Int? {
        let small = line.prefix(4_096).map { (65...90).contains($0) ? $0 + 32 : $0 }
        for word in words {
            var place = 0
            while place + word.count < small.count {
                guard small[place] == word[0], small[place...].starts(with: word) else {
                    place += 1
                    continue
                }
                // Not far behind the word: a key may go on, `password_hash`, or be in quotes.
                var next = place + word.count
                while next < small.count, next < place + word.count + 24, isKey(small[next]) { next += 1 }
                if next < small.count, small[next] == UInt8(ascii: ":") || small[next] == UInt8(ascii: "=") {
                    let value = small[(next + 1)...].drop { $0 == 0x20 || $0 == 0x0D }
                    return value.isEmpty ? nil : line.startIndex + next + 1
                }
                place += word.count
            }
        }
        return nil
    }

    private static func isKey(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == 0x20
    }
}
