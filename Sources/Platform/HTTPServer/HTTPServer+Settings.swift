extension HTTPServer {
    /// Where to listen, with what proof of identity, within which bounds.
    public struct Settings: Sendable {
        public var listeners: [Listener]
        public var tls: TLS?
        public var limits: Limits
        /// Threads per TCP listener. They only move bytes; one is plenty for thousands of connections.
        public var threads: Int

        public init(listeners: [Listener], tls: TLS? = nil, limits: Limits = Limits(), threads: Int = 2) {
            self.listeners = listeners
            self.tls = tls
            self.limits = limits
            self.threads = threads
        }
    }

    public enum Listener: Sendable, Hashable {
        /// A host name or address, empty for all of them, and a port, 0 for any free one.
        case tcp(host: String, port: UInt16)
        /// A socket in the file system. The owner may always use it; `group` and `mode` say who else.
        case unix(path: String, mode: UInt32, group: String?)
    }

    /// PEM texts. With authorities, clients may show a certificate signed by one of them.
    public struct TLS: Sendable, Hashable {
        public var certificate: [UInt8]
        public var key: [UInt8]
        public var clientAuthorities: [UInt8]?

        public init(certificate: [UInt8], key: [UInt8], clientAuthorities: [UInt8]? = nil) {
            self.certificate = certificate
            self.key = key
            self.clientAuthorities = clientAuthorities
        }
    }

    /// What clients may use up. Each bound has a counter that tells how often it was hit.
    public struct Limits: Sendable, Hashable {
        /// Connections over TCP in all; more are closed at once.
        public var connections = 12_000
        /// Connections from one address, so that one client cannot lock out the others.
        public var connectionsPerAddress = 1_024
        /// Connections over unix sockets, counted apart: operators get in when the network is flooded.
        public var localConnections = 256
        /// Request line and headers together.
        public var headerBytes = 8 << 10
        public var bodyBytes = 4 << 20
        /// All bodies that are in memory together.
        public var allBodyBytes = 64 << 20
        /// Requests that were received and are not answered yet.
        public var requestsInFlight = 512
        /// A connection on which nothing moves for so long is closed.
        public var idle = Duration.seconds(60)
        /// The whole request must be there so long after its first line.
        public var receiving = Duration.seconds(30)
        /// An answer that takes longer to make is given up.
        public var answering = Duration.seconds(300)
        /// An answer must be taken in so much time; streams of events are exempt.
        public var sending = Duration.seconds(300)
        /// A stream of events shows that it is alive this often.
        public var heartbeat = Duration.seconds(15)

        public init() {}
    }
}
