public import HTTPSettings
public import Metrics
import Rules

/// A look at a service from outside, at each interval.
public struct ProbeSettings: Sendable, Hashable {
    public enum Target: Sendable, Hashable {
        /// A page, by its URL.
        case http(String)
        /// A port that takes connections.
        case tcp(host: String, port: Int)
        /// A name server.
        case dns(host: String, port: Int)
        /// A port that speaks TLS, whatever comes after it.
        case tls(host: String, port: Int)
        /// A host that answers pings.
        case icmp(host: String)

        /// The `instance` of the probe's series.
        public var text: String {
            switch self {
            case .http(let url): url
            case .tcp(let host, let port), .dns(let host, let port), .tls(let host, let port):
                host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .icmp(let host): host
            }
        }
    }

    /// How a page is asked for, and what it must be.
    public struct Page: Sendable, Hashable {
        public var method = "GET"
        public var client = HTTPClientSettings()
        /// Statuses that are well; empty: 200 to 299.
        public var statuses: [Int] = []
        /// Must be found in the body.
        public var body: String?
        /// Must not be.
        public var refusedBody: String?

        public init() {}
    }

    /// What a name server is asked, and what it must say.
    public struct Question: Sendable, Hashable {
        public var name = ""
        public var type = RecordType.a
        /// Over a connection rather than by a datagram.
        public var usesConnection = false
        /// Codes that are well.
        public var codes = [ResponseCode.noError]
        /// Each must be found in one of the records.
        public var answers: [String] = []
        /// Must be found in none.
        public var refusedAnswer: String?

        public init() {}
    }

    /// Kinds of records that can be asked for.
    public enum RecordType: String, CaseIterable, Sendable, Hashable {
        case a = "A"
        case aaaa = "AAAA"
        case cname = "CNAME"
        case mx = "MX"
        case ns = "NS"
        case ptr = "PTR"
        case soa = "SOA"
        case srv = "SRV"
        case txt = "TXT"
    }

    /// What a name server says of a question as a whole, by its number (RFC 1035, 4.1.1).
    public enum ResponseCode: Int, CaseIterable, Sendable, Hashable {
        case noError = 0
        case formatError
        case serverFailure
        case noSuchName
        case notImplemented
        case refused

        /// As tools write it: `NXDOMAIN`.
        public var text: String {
            switch self {
            case .noError: "NOERROR"
            case .formatError: "FORMERR"
            case .serverFailure: "SERVFAIL"
            case .noSuchName: "NXDOMAIN"
            case .notImplemented: "NOTIMP"
            case .refused: "REFUSED"
            }
        }
    }

    /// How a host is pinged.
    public struct Ping: Sendable, Hashable {
        public var payload = 32
        /// 4 or 6; nil as the system prefers.
        public var version: Int?

        public init() {}
    }

    public var name: String
    public var target: Target
    public var basics = CollectorBasics()
    /// For everything; no longer than the interval.
    public var timeout = Milliseconds.seconds(5)
    public var page = Page()
    public var question = Question()
    public var ping = Ping()
    /// Whom a probe of TLS trusts.
    public var tls = TLSSettings()

    static let probesMax = 1_000

    public init(name: String, target: Target) {
        self.name = name
        self.target = target
    }
}
