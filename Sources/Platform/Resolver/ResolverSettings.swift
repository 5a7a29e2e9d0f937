import Files

/// Which name servers to ask, and how, as /etc/resolv.conf says it.
public struct ResolverSettings: Hashable, Sendable {
    public struct Server: Hashable, Sendable {
        /// An address, IPv4 or IPv6, without brackets.
        public var address: String
        public var port: Int

        public init(address: String, port: Int = 53) {
            self.address = address
            self.port = port
        }
    }

    public var servers: [Server]
    public var search: [String]
    /// A name with so many dots is tried as it is before the search list.
    public var dots: Int
    public var timeout: Duration
    public var attempts: Int

    public init(
        servers: [Server],
        search: [String] = [],
        dots: Int = 1,
        timeout: Duration = .seconds(5),
        attempts: Int = 2
    ) {
        self.servers = servers
        self.search = search
        self.dots = dots
        self.timeout = timeout
        self.attempts = attempts
    }

    /// What the system uses; where it says nothing, the server on this host.
    public static func system(_ path: String = "/etc/resolv.conf") -> ResolverSettings {
        ResolverSettings(text: (try? FileSystem.readText(path, limit: 1 << 20)) ?? "")
    }

    init(text: String) {
        self.init(servers: [])
        for line in text.split(separator: "\n") {
            let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
            switch words.first {
            case "nameserver" where words.count > 1 && servers.count < 3: servers.append(Server(address: words[1]))
            case "domain" where words.count > 1: search = [words[1]]
            case "search": search = Array(words.dropFirst())
            case "options": for word in words.dropFirst() { take(option: word) }
            default: break
            }
        }
        if servers.isEmpty { servers = [Server(address: "127.0.0.1")] }
    }

    private mutating func take(option: String) {
        let parts = option.split(separator: ":")
        guard parts.count == 2, let number = Int(parts[1]), number >= 0 else { return }
        switch parts[0] {
        case "ndots": dots = min(number, 15)
        case "timeout": timeout = .seconds(max(1, min(number, 30)))
        case "attempts": attempts = max(1, min(number, 5))
        default: break
        }
    }

    /// The names to ask for, one after the other, until one is there.
    func candidates(for name: String) -> [String] {
        if name.hasSuffix(".") { return [name] }
        let whole = name + "."
        let searched = search.map { suffix in
            suffix == "." ? whole : "\(name).\(suffix)" + (suffix.hasSuffix(".") ? "" : ".")
        }
        return name.utf8.count { $0 == UInt8(ascii: ".") } >= dots ? [whole] + searched : searched + [whole]
    }
}
