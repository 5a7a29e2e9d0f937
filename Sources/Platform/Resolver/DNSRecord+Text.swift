extension DNSRecord {
    var type: DNSRecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .cname: .cname
        case .mx: .mx
        case .ns: .ns
        case .ptr: .ptr
        case .soa: .soa
        case .srv: .srv
        case .txt: .txt
        }
    }

    /// What the record says, as zone files have it: `10 mail.example.`. Of a zone its name server and its serial.
    public var text: String {
        switch self {
        case .a(let bytes): bytes.map { String($0) }.joined(separator: ".")
        case .aaaa(let bytes): Self.text(ofIPv6: bytes)
        case .cname(let name), .ns(let name), .ptr(let name): name
        case .mx(let preference, let host): "\(preference) \(host)"
        case .soa(let serial, let primary): "\(primary) \(serial)"
        case .srv(let priority, let weight, let port, let target): "\(priority) \(weight) \(port) \(target)"
        case .txt(let text): text
        }
    }

    /// An address of IPv6 in its shortest form (RFC 5952).
    private static func text(ofIPv6 bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        var longest = 0..<0
        var start = 0
        for place in 0...groups.count where place == groups.count || groups[place] != 0 {
            if place - start > longest.count { longest = start..<place }
            start = place + 1
        }
        func joined(_ part: some Sequence<Int>) -> String { part.map { String($0, radix: 16) }.joined(separator: ":") }
        guard longest.count > 1 else { return joined(groups) }
        return joined(groups[..<longest.lowerBound]) + "::" + joined(groups[longest.upperBound...])
    }
}
