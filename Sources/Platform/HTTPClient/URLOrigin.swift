/// The part of a URL that says which server is meant.
struct URLOrigin: Hashable {
    let scheme: String
    /// As it is written, IPv6 in brackets, in small letters.
    let host: String
    let port: Int
    /// The URL's bytes behind the authority.
    let rest: String
    /// `user:password`, where the URL carries one.
    let user: String?

    init?(_ url: String) {
        guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else { return nil }
        guard let colon = url.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        scheme = url[..<colon].lowercased()
        guard let standardPort = Self.ports[scheme] else { return nil }
        let afterColon = url.utf8[colon...].dropFirst()
        guard afterColon.starts(with: "//".utf8) else { return nil }
        let hierarchy = afterColon.dropFirst(2)
        var authority = hierarchy.prefix { !"/?#".utf8.contains($0) }
        rest = String(Substring(hierarchy.dropFirst(authority.count)))
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) {
            user = String(Substring(authority[..<at]))
            authority = authority[at...].dropFirst()
        } else {
            user = nil
        }
        let isBracketed = authority.first == UInt8(ascii: "[")
        let closing = isBracketed ? authority.firstIndex(of: UInt8(ascii: "]")) : nil
        if isBracketed, closing == nil { return nil }
        let tail = closing.map { authority[$0...].dropFirst() } ?? authority.drop { $0 != UInt8(ascii: ":") }
        let name = authority.prefix(authority.count - tail.count)
        guard !name.isEmpty else { return nil }
        host = String(Substring(name)).lowercased()
        if tail.isEmpty || tail.count == 1 {
            guard tail.isEmpty || tail.first == UInt8(ascii: ":") else { return nil }
            port = standardPort
        } else {
            guard tail.first == UInt8(ascii: ":"), let number = Int(String(Substring(tail.dropFirst()))),
                (1...65_535).contains(number)
            else { return nil }
            port = number
        }
    }

    private static let ports = ["http": 80, "https": 443]

    /// Whether what is meant for one may be sent to the other.
    func isSame(as other: URLOrigin) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// `host:port`, the port left out where it is the scheme's own.
    var authority: String { Self.ports[scheme] == port ? host : "\(host):\(port)" }
}
