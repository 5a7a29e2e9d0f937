public import Secrets

/// What a client must know beside the address to reach a server: how to trust it, who to be, and by which way.
///
/// Values alone, so that configurations can be decoded and compared without a client at hand.
public struct HTTPClientSettings: Hashable, Sendable {
    public var tls = TLSSettings()
    public var credentials = HTTPCredentials.none
    public var proxy = ProxySettings()
    public var followsRedirects = true
    public var usesHTTP2 = true
    /// Sent with every request, but not to another server that a redirect names.
    public var headers: [HTTPHeaderSetting] = []
    /// The path of a unix socket through which the server is reached, whatever the host of the address.
    public var unixSocket: String?

    public init() {}
}

/// Whom to trust, and who to be, in TLS. Versions are those of the handshake that may be agreed on.
public struct TLSSettings: Hashable, Sendable {
    public enum Version: String, CaseIterable, Hashable, Sendable {
        case tls10 = "TLS10"
        case tls11 = "TLS11"
        case tls12 = "TLS12"
        case tls13 = "TLS13"
    }

    /// Certificates in PEM that are trusted; nil for those of the system.
    public var authorities: Secret?
    /// The certificate to show, in PEM; goes with `key`.
    public var certificate: Secret?
    public var key: Secret?
    /// The name that the server's certificate must carry, where it is not the host of the address.
    public var serverName: String?
    public var skipsVerification = false
    /// Nil for TLS 1.2.
    public var minimum: Version?
    /// Nil for the newest.
    public var maximum: Version?

    public init() {}
}

/// Who to be to a server.
public indirect enum HTTPCredentials: Hashable, Sendable {
    case none
    case basic(username: Secret, password: Secret?)
    /// `Authorization: TYPE CREDENTIALS`.
    case authorization(type: String, credentials: Secret?)
    case oauth2(OAuth2Settings)
}

/// OAuth 2.0 with client credentials (RFC 6749, 4.4): a token is fetched, and used until it expires.
public struct OAuth2Settings: Hashable, Sendable {
    public struct Parameter: Hashable, Sendable {
        public let name: String
        public let value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public var clientID: String
    public var clientSecret: Secret?
    public var tokenURL: String
    public var scopes: [String] = []
    /// Further fields of the request for a token.
    public var parameters: [Parameter] = []
    /// How to reach the server that gives tokens.
    public var tls = TLSSettings()
    public var proxy = ProxySettings()

    public init(clientID: String, clientSecret: Secret?, tokenURL: String) {
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.tokenURL = tokenURL
    }
}

/// By which way to go.
public struct ProxySettings: Hashable, Sendable {
    /// The proxy's URL, which may carry a password.
    public var url: Secret?
    /// Hosts, domains and networks that are reached without it, divided by commas.
    public var exceptions = ""
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` of the environment decide.
    public var usesEnvironment = false
    /// Sent to the proxy when it is asked for a tunnel.
    public var connectHeaders: [HTTPHeaderSetting] = []

    public init() {}
}

/// A header with its values.
public struct HTTPHeaderSetting: Hashable, Sendable {
    public let name: String
    public let values: [Secret]

    public init(name: String, values: [Secret]) {
        self.name = name
        self.values = values
    }
}
