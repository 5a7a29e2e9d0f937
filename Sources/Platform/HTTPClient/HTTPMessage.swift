/// One header of a request or an answer.
public struct HTTPHeader: Hashable, Sendable {
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What is asked of a server. Credentials and everything about the way there are in the settings.
public struct HTTPRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: [HTTPHeader]
    public var body: [UInt8]
    /// For everything: names, connecting, sending, and the whole answer.
    public var timeout: Duration
    /// The most bytes of an answer, unpacked: more is an error, and nothing is kept.
    public var bodyLimit: Int
    public var acceptsCompression: Bool
    /// Whether to look at the server's certificates. They are shown while a connection is made, so such a request has one of its own.
    public var wantsCertificates: Bool
    /// Whether nothing is asked once there is a connection, and TLS where the URL says so: the server need not speak HTTP.
    public var onlyConnects = false

    public init(
        _ method: String = "GET",
        _ url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(30),
        bodyLimit: Int = 16 << 20,
        acceptsCompression: Bool = true,
        wantsCertificates: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.acceptsCompression = acceptsCompression
        self.wantsCertificates = wantsCertificates
    }
}

/// How long the phases of an exchange took; zero for a phase there was none of, such as connecting when a connection was there.
/// After redirects they are those of the last server, and `total` is of all.
public struct HTTPTimings: Hashable, Sendable {
    public var resolve = Duration.zero
    public var connect = Duration.zero
    public var tls = Duration.zero
    /// From the request to the first byte of the answer.
    public var processing = Duration.zero
    public var transfer = Duration.zero
    public var total = Duration.zero

    public init() {}
}

/// What a server answered.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// In the order in which they came; only where they were asked for.
    public var headers: [HTTPHeader]
    public var contentType: String?
    /// Empty where a sink took it.
    public var body: [UInt8]
    public var timings: HTTPTimings
    /// What the server showed, its own certificate first; only where they were asked for.
    public var certificates: [ServerCertificate]
    /// `TLSv1.3`; nil without TLS, and where certificates were not asked for.
    public var tlsVersion: String?
    /// Where the answer came from: `10.0.0.1`.
    public var remoteAddress: String
    /// `1.1` or `2`.
    public var version: String
    /// How many redirects led here.
    public var redirects: Int

    /// When the first of the server's certificates expires, in seconds since the epoch.
    public var certificateExpiry: Int64? { certificates.compactMap(\.expiry).min() }

    /// The value of a header, whose name is told apart without regard to case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
