import HTTPServer

/// Tells requests of medic's own page, and of programs, from those that another site makes a browser send.
struct SameOrigin: Sendable {
    private let hosts: Set<String>

    /// - Parameter hosts: names under which the agent is reached, beside addresses and `localhost`.
    init(hosts: [String], externalURL: String?) {
        var names = Set(hosts.map { $0.lowercased() })
        if let externalURL, let host = Self.authority(of: externalURL).map(Self.host) { names.insert(host) }
        self.hosts = names
    }

    /// Whether the name in `Host` is one of ours. A site whose name was made to point at this machine sends its own name.
    func knows(_ request: HTTPServer.Request) -> Bool {
        guard let host = request.headers["host"].map(Self.host) else { return true }
        return host == "localhost" || Self.isAddress(host) || hosts.contains(host)
    }

    /// Why a command may not be obeyed; nil when it may.
    func complaint(about request: HTTPServer.Request) -> String? {
        if case .unix = request.peer { return nil }
        if let complaint = complaintAboutSite(of: request) { return complaint }
        guard knows(request) else {
            return "the host '\(request.headers["host"] ?? "")' is not known here: add it to web.hosts"
        }
        return nil
    }

    /// Whether another site's page made a browser send it. Programs do not say from where they ask.
    func complaintAboutSite(of request: HTTPServer.Request) -> String? {
        if let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" {
            return "the request comes from another site (Sec-Fetch-Site: \(site))"
        }
        if let origin = request.headers["origin"] {
            guard let authority = Self.authority(of: origin), authority == request.headers["host"]?.lowercased() else {
                return "the request comes from another site (Origin: \(origin))"
            }
        }
        return nil
    }

    /// `host:port` of a URL.
    private static func authority(of url: String) -> String? {
        guard let range = url.firstRange(of: "://") else { return nil }
        return url[range.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    }

    /// The host of `host:port`.
    private static func host(_ authority: String) -> String {
        let authority = authority.lowercased()
        if authority.hasPrefix("[") { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }

    /// Whether it is an address rather than a name. Only names can be made to point elsewhere.
    private static func isAddress(_ host: String) -> Bool {
        if host.contains(":") {
            return host.utf8.allSatisfy { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") || isHexadecimal($0) }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
