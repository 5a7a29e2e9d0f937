/// A question to a name server and its answer, as they travel (RFC 1035).
public enum DNSRecord: Hashable, Sendable {
    /// Four bytes.
    case a([UInt8])
    /// Sixteen bytes.
    case aaaa([UInt8])
    case cname(String)
    case mx(preference: Int, host: String)
    case ns(String)
    case ptr(String)
    /// The number that grows with each change of a zone.
    case soa(serial: UInt32, primary: String)
    case srv(priority: Int, weight: Int, port: Int, target: String)
    /// The pieces put together.
    case txt(String)
}

/// What kind of record is asked for, by its number.
public enum DNSRecordType: UInt16, Hashable, Sendable {
    case a = 1
    case ns = 2
    case cname = 5
    case soa = 6
    case ptr = 12
    case mx = 15
    case txt = 16
    case aaaa = 28
    case srv = 33
}

/// An answer, as far as it is of use.
struct DNSAnswer: Hashable {
    var code: UInt8
    var isTruncated: Bool
    var records: [DNSRecord]
    /// As many as its head says there are.
    var answerCount = 0
    var authorityCount = 0
    var additionalCount = 0
}

enum DNSMessage {
    /// The bytes of a question; nil for what is no name.
    static func question(_ name: String, _ type: DNSRecordType, identifier: UInt16) -> [UInt8]? {
        var bytes: [UInt8] = [UInt8(identifier >> 8), UInt8(identifier & 255), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            // A last dot says that the name is whole.
            if part.isEmpty, place == parts.count - 1, place > 0 { break }
            guard (1...63).contains(part.count) else { return nil }
            bytes.append(UInt8(part.count))
            bytes.append(contentsOf: part)
        }
        bytes += [0, 0, UInt8(type.rawValue), 0, 1]
        return bytes.count <= 12 + 255 + 4 ? bytes : nil
    }

    /// Reads what may be the answer to a question; nil when it is not.
    static func answer(_ bytes: [UInt8], to question: [UInt8]) -> DNSAnswer? {
        var reader = Reader(bytes: bytes)
        guard bytes.count >= question.count, bytes[0...1] == question[0...1], bytes[2] & 0x80 != 0,
            lowered(bytes[12..<question.count]) == lowered(question[12...])
        else { return nil }
        var answer = DNSAnswer(code: bytes[3] & 15, isTruncated: bytes[2] & 2 != 0, records: [])
        let count = Int(bytes[6]) << 8 | Int(bytes[7])
        answer.answerCount = count
        answer.authorityCount = Int(bytes[8]) << 8 | Int(bytes[9])
        answer.additionalCount = Int(bytes[10]) << 8 | Int(bytes[11])
        reader.place = question.count
        for _ in 0..<count {
            guard let record = reader.record() else { return answer.isTruncated ? answer : nil }
            if let known = record.known { answer.records.append(known) }
        }
        return answer
    }

    private static func lowered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 32 : $0 }
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0

        mutating func number() -> Int? {
            guard place + 2 <= bytes.count else { return nil }
            defer { place += 2 }
            return Int(bytes[place]) << 8 | Int(bytes[place + 1])
        }

        /// A name; parts of it may lie elsewhere in the message, at most so many as there can be labels.
        mutating func name() -> String? {
            var text: [UInt8] = []
            var at = place
            var hasJumped = false
            for _ in 0..<256 {
                guard at < bytes.count else { return nil }
                let length = Int(bytes[at])
                if length == 0 {
                    if !hasJumped { place = at + 1 }
                    return text.isEmpty ? "." : String(validating: text, as: UTF8.self)
                }
                if length & 0xc0 == 0xc0 {
                    guard at + 1 < bytes.count else { return nil }
                    if !hasJumped { place = at + 2 }
                    hasJumped = true
                    at = (length & 0x3f) << 8 | Int(bytes[at + 1])
                    continue
                }
                guard length < 64, at + 1 + length <= bytes.count, text.count + length < 255 else { return nil }
                text += bytes[at + 1..<at + 1 + length] + [UInt8(ascii: ".")]
                at += 1 + length
            }
            return nil
        }

        /// A record; one of a kind that nobody asked for is read over.
        mutating func record() -> (known: DNSRecord?, Void)? {
            guard name() != nil, let type = number(), number() != nil, number() != nil, number() != nil,
                let length = number(), place + length <= bytes.count
            else { return nil }
            let end = place + length
            defer { place = end }
            guard let kind = UInt16(exactly: type).flatMap(DNSRecordType.init(rawValue:)) else { return (nil, ()) }
            return contents(kind, upTo: end).map { ($0, ()) }
        }

        private mutating func contents(_ kind: DNSRecordType, upTo end: Int) -> DNSRecord? {
            switch kind {
            case .a: return end - place == 4 ? .a(Array(bytes[place..<end])) : nil
            case .aaaa: return end - place == 16 ? .aaaa(Array(bytes[place..<end])) : nil
            case .cname: return name().map { .cname($0) }
            case .ns: return name().map { .ns($0) }
            case .ptr: return name().map { .ptr($0) }
            case .soa: return zone()
            case .txt: return text(upTo: end).map { .txt($0) }
            case .mx:
                guard let preference = number(), let host = name() else { return nil }
                return .mx(preference: preference, host: host)
            case .srv:
                guard let priority = number(), let weight = number(), let port = number(), let target = name() else {
                    return nil
                }
                return .srv(priority: priority, weight: weight, port: port, target: target)
            }
        }

        private mutating func zone() -> DNSRecord? {
            guard let primary = name(), name() != nil, let high = number(), let low = number() else { return nil }
            return .soa(serial: UInt32(high) << 16 | UInt32(low), primary: primary)
        }

        /// Pieces, each with its length before it.
        private mutating func text(upTo end: Int) -> String? {
            var text: [UInt8] = []
            while place < end {
                let length = Int(bytes[place])
                guard place + 1 + length <= end else { return nil }
                text += bytes[place + 1..<place + 1 + length]
                place += 1 + length
            }
            return String(decoding: text, as: UTF8.self)
        }
    }
}
