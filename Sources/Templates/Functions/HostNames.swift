/// Addresses such as targets have: `db.example.com:9100`, `[::1]:80`.
enum HostNames {
    static func withoutPort(_ address: String) -> String { split(address)?.host ?? address }

    /// The first part of the name, with the port; an IP address stays as it is.
    static func withoutDomain(_ address: String) -> String {
        let parts = split(address)
        let host = parts?.host ?? address
        guard !isAddress(host) else { return address }
        let name = String(host.prefix { $0 != "." })
        guard let port = parts?.port, !port.isEmpty else { return name }
        return name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    }

    /// Host and port; nil where Go does not see both.
    private static func split(_ address: String) -> (host: String, port: String)? {
        let bytes = Array(address.utf8)
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return nil }
        let host: ArraySlice<UInt8>
        var (opening, closing) = (0, 0)
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), end + 1 == colon else { return nil }
            host = bytes[1..<end]
            (opening, closing) = (1, end + 1)
        } else {
            host = bytes[..<colon]
            guard !host.contains(UInt8(ascii: ":")) else { return nil }
        }
        guard !bytes[opening...].contains(UInt8(ascii: "[")), !bytes[closing...].contains(UInt8(ascii: "]")) else {
            return nil
        }
        return (String(decoding: host, as: UTF8.self), String(decoding: bytes[(colon + 1)...], as: UTF8.self))
    }

    private static func isAddress(_ text: String) -> Bool {
        text.contains(":") ? isVersion6(text) : isVersion4(text[...])
    }

    private static func isVersion4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                let isPlain = (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
                return isPlain && (part.utf8.count == 1 || !part.hasPrefix("0")) && UInt8(part) != nil
            }
    }

    private static func isVersion6(_ text: String) -> Bool {
        var groups = text.split(separator: ":", omittingEmptySubsequences: false)
        var count = 0
        // An address may end as one of version 4, which stands for two groups.
        if let last = groups.last, last.contains(".") {
            guard isVersion4(last) else { return false }
            groups[groups.count - 1] = "0"
            count = 1
        }
        let isLeadingGap = groups.count > 1 && groups[0].isEmpty && groups[1].isEmpty
        let isTrailingGap = groups.count > 1 && groups[groups.count - 1].isEmpty && groups[groups.count - 2].isEmpty
        let empty = groups.count { $0.isEmpty }
        let gaps = empty - (isLeadingGap ? 1 : 0) - (isTrailingGap ? 1 : 0)
        guard gaps <= 1 || (groups.count == 3 && empty == 3), empty == 0 || gaps >= 1 else { return false }
        count += groups.count - empty
        guard empty == 0 ? count == 8 : count < 8 else { return false }
        return groups.allSatisfy { group in
            group.utf8.count <= 4 && group.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
        }
    }
}
