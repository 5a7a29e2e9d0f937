public import HTTPSettings
public import Metrics

/// Where the targets of a job come from.
public struct DiscoverySettings: Hashable, Sendable {
    public var groups: [StaticGroup] = []
    public var files: [FileDiscovery] = []
    public var servers: [HTTPDiscovery] = []
    public var names: [DNSDiscovery] = []

    public init() {}

    /// Addresses that are written down, and labels they share.
    public struct StaticGroup: Hashable, Sendable {
        public var targets: [String]
        public var labels: Labels

        public init(targets: [String], labels: Labels = .empty) {
            self.targets = targets
            self.labels = labels
        }
    }

    /// Files that list groups of targets, read again whenever they change.
    public struct FileDiscovery: Hashable, Sendable {
        /// Paths whose last part may have stars.
        public var patterns: [String]
        /// How often the files are read though nobody has told of a change.
        public var refreshInterval: Milliseconds

        public init(patterns: [String], refreshInterval: Milliseconds = .minutes(5)) {
            self.patterns = patterns
            self.refreshInterval = refreshInterval
        }
    }

    /// A server that lists groups of targets.
    public struct HTTPDiscovery: Hashable, Sendable {
        public var url: String
        public var refreshInterval: Milliseconds
        public var client: HTTPClientSettings

        public init(url: String, refreshInterval: Milliseconds = .minutes(1), client: HTTPClientSettings) {
            self.url = url
            self.refreshInterval = refreshInterval
            self.client = client
        }
    }

    /// Names whose records are the targets.
    public struct DNSDiscovery: Hashable, Sendable {
        public enum RecordType: String, CaseIterable, Hashable, Sendable {
            case a = "A"
            case aaaa = "AAAA"
            case mx = "MX"
            case ns = "NS"
            case srv = "SRV"
        }

        public var names: [String]
        public var type: RecordType
        /// The port of the targets, which only SRV records know themselves.
        public var port: Int
        public var refreshInterval: Milliseconds

        public init(names: [String], type: RecordType, port: Int, refreshInterval: Milliseconds = .seconds(30)) {
            self.names = names
            self.type = type
            self.port = port
            self.refreshInterval = refreshInterval
        }
    }
}
