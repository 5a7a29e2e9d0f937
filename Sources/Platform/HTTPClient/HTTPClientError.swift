/// Why there is no answer, or not all of it.
public enum HTTPClientError: Error, Hashable, Sendable {
    /// The library cannot be opened, in the words of the dynamic linker.
    case unavailable(String)
    case badURL(String)
    /// A file with credentials or certificates cannot be read or used.
    case credentials(String)
    case unknownHost(String)
    /// So many names are looked up without an answer that no further one is.
    case silentNameServer(host: String, lookups: Int)
    /// No connection, and why: `connection refused`.
    case connect(address: String, reason: String)
    case timeout
    /// The handshake failed, in the words of the library.
    case tls(String)
    /// The other end closed or reset the connection, or sent what is no HTTP.
    case broken(String)
    /// More bytes than the request allows.
    case bodyTooLarge(limit: Int)
    case tooManyRedirects(limit: Int)
    /// No token for OAuth 2.0, and why.
    case token(String)
    /// As many requests are under way as there may be.
    case busy(limit: Int)
    case cancelled
    /// The server of mail refuses, in its words.
    case refused(String)
    case other(String)
}

extension HTTPClientError: CustomStringConvertible {
    /// In the words that operators know from Prometheus, where it has words.
    public var description: String {
        switch self {
        case .unavailable(let reason): "libcurl cannot be opened (\(reason)): install libcurl4"
        case .badURL(let url):
            "\"\(url)\" is no URL that can be asked: expected http:// or https://, a host, and no spaces"
        case .credentials(let reason): reason
        case .unknownHost(let host): "dial tcp: lookup \(host): no such host"
        case .silentNameServer(let host, let lookups):
            "dial tcp: lookup \(host): not begun, \(lookups) lookups of other names have no answer: does the name server answer?"
        case .connect(let address, let reason):
            address.isEmpty ? "dial tcp: connect: \(reason)" : "dial tcp \(address): connect: \(reason)"
        case .timeout: "context deadline exceeded"
        case .tls(let reason): "tls: \(reason)"
        case .broken(let reason): reason
        case .bodyTooLarge(let limit): "body size limit of \(limit) bytes exceeded"
        case .tooManyRedirects(let limit): "stopped after \(limit) redirects"
        case .token(let reason): "oauth2: cannot fetch token: \(reason)"
        case .busy(let limit): "\(limit) requests are under way already, the most there may be"
        case .cancelled: "context canceled"
        case .refused(let reason): reason
        case .other(let reason): reason
        }
    }

    /// One word for counters.
    var kind: String {
        switch self {
        case .unavailable: "unavailable"
        case .badURL: "bad_url"
        case .credentials: "credentials"
        case .unknownHost: "unknown_host"
        case .silentNameServer: "silent_name_server"
        case .connect: "connect"
        case .timeout: "timeout"
        case .tls: "tls"
        case .broken: "broken"
        case .bodyTooLarge: "body_too_large"
        case .tooManyRedirects: "redirects"
        case .token: "token"
        case .busy: "busy"
        case .cancelled: "cancelled"
        case .refused: "refused"
        case .other: "other"
        }
    }

    static let kinds = [
        "unavailable", "bad_url", "credentials", "unknown_host", "silent_name_server", "connect", "timeout", "tls",
        "broken", "body_too_large", "redirects", "token", "busy", "cancelled", "refused", "other",
    ]
}
