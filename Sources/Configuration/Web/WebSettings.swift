public import Metrics
public import Secrets

/// How the agent is reached over HTTP, and by whom.
public struct WebSettings: Hashable, Sendable {
    /// A host, empty for all addresses of the machine, and a port.
    public struct Address: Hashable, Sendable {
        public var host: String
        public var port: UInt16

        public init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        /// Whether only this machine can reach it.
        public var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    }

    /// The unix socket through which operators on this machine talk to the agent.
    public struct Socket: Hashable, Sendable {
        public var path = "/run/medic/medic.sock"
        /// Who may connect, as permissions of the file.
        public var mode: UInt32 = 0o660
        /// The group of the file. Its members are operators. Without such a group on the host, root and the agent's user are.
        public var group = "medic"

        public init() {}
    }

    /// Files in PEM.
    public struct Encryption: Hashable, Sendable {
        public var certificateFile: String
        public var keyFile: String
        /// Whoever signs the certificates of clients.
        public var clientAuthoritiesFile: String?

        public init(certificateFile: String, keyFile: String, clientAuthoritiesFile: String? = nil) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.clientAuthoritiesFile = clientAuthoritiesFile
        }
    }

    /// What queries may use up.
    public struct Queries: Hashable, Sendable {
        /// How many run at once; the others wait.
        public var concurrency = 4
        /// How many may wait; beyond it a query is refused at once.
        public var waiting = 64
        public var timeout = Milliseconds.minutes(2)
        /// How many samples one query may have in memory.
        public var maxSamples = 10_000_000
        /// How many series a list of series may have.
        public var maxListed = 200_000

        public init() {}
    }

    /// What clients may use up.
    public struct Limits: Hashable, Sendable {
        public var connections = 12_000
        public var connectionsPerAddress = 1_024
        public var requests = 512
        public var headerBytes = ByteCount(8 << 10)
        public var bodyBytes = ByteCount(4 << 20)
        public var idleTimeout = Milliseconds.seconds(60)
        public var receiveTimeout = Milliseconds.seconds(30)
        public var sendTimeout = Milliseconds.minutes(5)

        public init() {}
    }

    public var listen = [Address(host: "127.0.0.1", port: 9120)]
    public var socket: Socket? = Socket()
    public var tls: Encryption?
    public var access = WebAccess()
    /// The address at which people reach the agent, for links and to tell whose requests are its own page's.
    public var externalURL: String?
    /// Further names by which browsers may reach the agent.
    public var hosts: [String] = []
    public var limits = Limits()
    public var queries = Queries()
    /// When an alert of a webhook is taken for over if nothing more is heard of it. An Alertmanager tells of one that goes on once
    /// in each `repeat_interval`, and of its end until it is heard, so this is for senders that are gone.
    public var webhookResolveTimeout = Milliseconds.hours(24)
    /// Whether `POST /-/quit` ends the agent.
    public var allowsQuit = false

    public init() {}
}

/// Who may read and who may operate.
///
/// The unix socket needs no entry: root, the agent's own user and the members of the socket's group operate.
public struct WebAccess: Hashable, Sendable {
    /// What somebody without credentials may do.
    public enum Anonymous: String, Hashable, Sendable, CaseIterable {
        case nobody
        case reader
        case `operator`
    }

    public struct User: Hashable, Sendable {
        public var name: String
        /// A hash in the notation of crypt(5), such as bcrypt's.
        public var passwordHash: Secret

        public init(name: String, passwordHash: Secret) {
            self.name = name
            self.passwordHash = passwordHash
        }
    }

    /// The ways by which one role is had.
    public struct Credentials: Hashable, Sendable {
        /// Sent as `Authorization: Bearer TOKEN`. Files are read again when they change.
        public var tokens: [Secret] = []
        public var users: [User] = []
        /// Common names and alternative names in certificates that the trusted authorities have signed.
        public var certificateNames: [String] = []

        public init() {}

        public var isEmpty: Bool { tokens.isEmpty && users.isEmpty && certificateNames.isEmpty }
    }

    public var readers = Credentials()
    public var operators = Credentials()
    /// Who may tell of alerts and nothing else, beside operators and programs on this machine.
    public var senders = Credentials()
    /// Keys of senders that sign what they send (HMAC with SHA-256).
    public var signingKeys: [Secret] = []
    /// For clients on this machine over TCP. Nil: readers as long as no credentials are configured, otherwise nobody.
    ///
    /// Any user of the machine can connect to a loopback port, so to make operators of them is for machines with one user.
    public var loopback: Anonymous?
    /// For clients elsewhere. Nobody can be an operator without credentials from there.
    public var anonymous = Anonymous.nobody

    public init() {}

    public var hasCredentials: Bool { !(readers.isEmpty && operators.isEmpty) }
}
