import Playbooks

/// Why a text names no place on the network.
struct AddressError: Error, CustomStringConvertible {
    let description: String
}

/// A place on the network, or a unix socket, in the one form in which permits name it.
struct Address: Sendable, Hashable, CustomStringConvertible {
    enum Place: Sendable, Hashable {
        case network(host: String, port: Int)
        case socket(path: String)
    }

    let place: Place

    /// `host:6379`, `[::1]:6379`, `host`, `/run/redis.sock`.
    init(_ text: String, standardPort: Int) throws(AddressError) {
        if text.utf8.first == UInt8(ascii: "/") {
            guard Complaints.isAbsolute(text) else { throw Self.malformed(text) }
            place = .socket(path: text)
            return
        }
        let (host, rest) = try Self.host(of: text[...], in: text)
        guard !rest.isEmpty else {
            place = .network(host: host, port: standardPort)
            return
        }
        place = .network(host: host, port: try Self.port(rest.dropFirst(), in: text))
    }

    /// The place that a request to the URL would go to.
    init(ofURL url: String) throws(AddressError) {
        let lower = String(decoding: url.utf8.prefix(8).map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
        let (start, standardPort): (Int, Int)
        if lower.hasPrefix("http://") {
            (start, standardPort) = (7, 80)
        } else if lower.hasPrefix("https://") {
            (start, standardPort) = (8, 443)
        } else {
            throw AddressError(description: "'\(Wording.shown(url))' is not an http or https URL")
        }
        guard !url.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) else {
            throw AddressError(description: "the URL '\(Wording.shown(url))' holds blanks or control characters")
        }
        let delimiters = Array("/?#".utf8)
        let authority = Substring(url.utf8.dropFirst(start).prefix { !delimiters.contains($0) })
        guard !authority.utf8.contains(UInt8(ascii: "@")) else {
            throw AddressError(description: "the URL '\(Wording.shown(url))' holds a user name: use headers")
        }
        let (host, rest) = try Self.host(of: authority, in: url)
        guard !rest.isEmpty else {
            place = .network(host: host, port: standardPort)
            return
        }
        place = .network(host: host, port: try Self.port(rest.dropFirst(), in: url))
    }

    var description: String {
        switch place {
        case .socket(let path): path
        case .network(let host, let port):
            host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    /// The host in small letters, and what follows it: nothing, or a colon and more.
    private static func host(of text: Substring, in whole: String) throws(AddressError) -> (String, Substring) {
        let bytes = text.utf8
        let host: Substring
        let rest: Substring
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { throw malformed(whole) }
            host = text[bytes.index(after: bytes.startIndex)..<end]
            rest = text[bytes.index(after: end)...]
            guard host.utf8.allSatisfy({ isHexadecimal($0) || $0 == 0x3A || $0 == 0x2E }) else {
                throw malformed(whole)
            }
        } else {
            let end = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            host = text[..<end]
            rest = text[end...]
            guard host.utf8.allSatisfy(isHostByte) else { throw malformed(whole) }
        }
        guard !host.isEmpty, rest.isEmpty || rest.utf8.first == UInt8(ascii: ":") else { throw malformed(whole) }
        return (host.lowercased(), rest)
    }

    private static func port(_ digits: Substring, in whole: String) throws(AddressError) -> Int {
        guard digits.utf8.allSatisfy({ $0 &- 48 < 10 }), let port = Int(digits), (1...65_535).contains(port) else {
            throw malformed(whole)
        }
        return port
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 97 < 26 || byte &- 48 < 10 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 48 < 10 || (byte | 0x20) &- 97 < 6 }

    private static func malformed(_ text: String) -> AddressError {
        AddressError(description: "'\(Wording.shown(text))' does not name a host and port, or the path of a socket")
    }
}

extension Permission {
    /// The permission to reach what the URL names; nothing where it is no URL, which is told elsewhere.
    static func address(ofURL url: String?) -> [Permission] {
        guard let url, let address = try? Address(ofURL: url) else { return [] }
        return [.address(address.description)]
    }

    static func address(_ text: String?, standardPort: Int) -> [Permission] {
        guard let text, let address = try? Address(text, standardPort: standardPort) else { return [] }
        return [.address(address.description)]
    }

    static func unit(_ name: String?) -> [Permission] { name.map { [.unit($0)] } ?? [] }

    static func path(_ path: String?, _ access: Access) -> [Permission] { path.map { [.path($0, access)] } ?? [] }

    static func program(_ arguments: [ArgumentValue]?) -> [Permission] {
        guard case .text(let program) = arguments?.first else { return [] }
        return [.program(program)]
    }
}
