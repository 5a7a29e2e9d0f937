import YAML

extension Shape where Value == String {
    static var probeMethod: Self {
        let methods = ["GET", "HEAD", "POST", "OPTIONS"]
        return string.narrowed(to: "one of " + methods.joined(separator: ", ")) { methods.contains($0) ? $0 : nil }
    }

    /// A host by its name or address, without brackets.
    static var hostName: Self {
        string.narrowed(to: "the name or the address of a host") { isHost($0[...]) ? $0 : nil }
    }

    /// What a name server can be asked about.
    static var domainName: Self {
        string.narrowed(to: "a domain name such as shop.example") { text in
            let parts = (text.hasSuffix(".") ? text.dropLast() : text[...]).utf8
                .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            let isSound = text.utf8.count <= 254 && parts.allSatisfy { (1...63).contains($0.count) }
            return isSound && isHost(text[...]) ? text : nil
        }
    }

    fileprivate static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 0x20 && byte != 0x7f && !"/[]@".utf8.contains(byte)
            }
    }
}

/// A place that a probe looks at.
struct HostAndPort: Sendable {
    let host: String
    let port: Int
}

extension Shape where Value == HostAndPort {
    /// `host:port`, with the host in brackets where it is an address of IPv6.
    static var hostAndPort: Self {
        Shape<String>.string.narrowed(to: "a host and a port such as db.example:5432 or [::1]:5432") {
            read($0, port: nil)
        }
    }

    /// The same for a server of names, whose port is usually 53.
    static var nameServer: Self {
        Shape<String>.string.narrowed(to: "a name server such as 10.0.0.53, ns.example:53 or [::1]:53") {
            read($0, port: 53)
        }
    }

    private static func read(_ text: String, port standard: Int?) -> HostAndPort? {
        var host = text[...]
        var port = standard
        let isBare = standard != nil && text.utf8.count { $0 == UInt8(ascii: ":") } != 1 && !text.contains("]:")
        if !isBare {
            guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
            host = text[..<colon]
            port = Int(text[text.utf8.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if !isBare, host.contains(":") {
            return nil
        }
        guard let port, (1...65_535).contains(port), Shape<String>.isHost(host) else { return nil }
        return HostAndPort(host: String(host), port: port)
    }
}

extension Shape where Value == ProbeSettings.RecordType {
    static var recordType: Self {
        let words = ProbeSettings.RecordType.allCases.map(\.rawValue).joined(separator: ", ")
        return Shape<String>.string.narrowed(to: "one of \(words)") { .init(rawValue: $0) }
    }
}

extension Shape where Value == ProbeSettings.ResponseCode {
    static var responseCode: Self {
        let codes = ProbeSettings.ResponseCode.allCases
        return Shape<String>.string.narrowed(to: "one of " + codes.map(\.text).joined(separator: ", ")) { text in
            codes.first { $0.text.utf8.elementsEqual(text.utf8) }
        }
    }
}
