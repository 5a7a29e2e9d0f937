internal import Synchronization

/// Makes the answers of a server.
public protocol HTTPHandler: Sendable {
    /// Called on a thread of the server, so it must not block. The answer may be given later, from any thread; the first
    /// counts. A closure that goes away without having been called answers 500.
    func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void)

    /// How the server itself words a request that never gets to `answer`.
    func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply
}

extension HTTPServer {
    /// A request, complete with its body.
    public struct Request: Sendable {
        public let method: String
        public let target: RequestTarget
        public let headers: Headers
        public let body: [UInt8]
        public let peer: Peer
        public let isTLS: Bool
        /// Set only when it was signed by one of the authorities that the server trusts, and is valid now.
        public let clientCertificate: ClientCertificate?
        public let abandonment: Abandonment

        public init(
            method: String,
            target: RequestTarget,
            headers: Headers = Headers(),
            body: [UInt8] = [],
            peer: Peer,
            isTLS: Bool = false,
            clientCertificate: ClientCertificate? = nil,
            abandonment: Abandonment = Abandonment()
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
            self.peer = peer
            self.isTLS = isTLS
            self.clientCertificate = clientCertificate
            self.abandonment = abandonment
        }
    }

    /// The header fields in the order they came. Names are in lower case.
    public struct Headers: Sendable, Hashable {
        public struct Field: Sendable, Hashable {
            public let name: String
            public let value: String
        }

        public private(set) var fields: [Field] = []

        public init(_ fields: [(String, String)] = []) {
            for (name, value) in fields { append(name, value) }
        }

        mutating func append(_ name: String, _ value: String) {
            fields.append(Field(name: name.lowercased(), value: value))
        }

        /// The first field of the name, which must be given in lower case.
        public subscript(name: String) -> String? { fields.first { $0.name == name }?.value }

        public func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.value) }
    }

    /// Who is at the other end.
    public enum Peer: Sendable, Hashable {
        /// As the kernel vouches for. `groups` are all groups of the process, the first one included.
        case unix(user: UInt32, groups: [UInt32], process: Int32)
        /// The address without a port, an IPv4 address in IPv6 clothes as the IPv4 address it is.
        case tcp(address: String)

        /// Whether the peer is on this machine.
        public var isLocal: Bool {
            switch self {
            case .unix: true
            case .tcp(let address): address == "::1" || address.hasPrefix("127.")
            }
        }
    }

    /// Whom a client's certificate is for.
    public struct ClientCertificate: Sendable, Hashable {
        public let commonName: String
        /// The DNS names and addresses it was issued to as well.
        public let alternativeNames: [String]

        public init(commonName: String, alternativeNames: [String] = []) {
            self.commonName = commonName
            self.alternativeNames = alternativeNames
        }
    }

    /// Tells whoever works on an answer that nobody waits for it any more.
    public final class Abandonment: Sendable {
        private let flag = Atomic(false)

        public init() {}

        public var isAbandoned: Bool { flag.load(ordering: .relaxed) }

        public func abandon() { flag.store(true, ordering: .relaxed) }
    }

    /// Why the server itself turns a request away.
    public enum Refusal: Sendable, Hashable {
        case malformedTarget
        case contradictoryHeaders
        case headersTooLong
        case bodyTooLong(limit: Int)
        case tooManyRequests
        case tookTooLong
        case stopping
        case noAnswer

        public var status: Int {
            switch self {
            case .malformedTarget, .contradictoryHeaders: 400
            case .headersTooLong: 431
            case .bodyTooLong: 413
            case .tooManyRequests, .tookTooLong, .stopping: 503
            case .noAnswer: 500
            }
        }

        public var message: String {
            switch self {
            case .malformedTarget: "the path or the query is not well formed: percent escapes and UTF-8 are expected"
            case .contradictoryHeaders:
                "the headers contradict each other about the length of the body or about the host"
            case .headersTooLong: "the request line and the headers are too long"
            case .bodyTooLong(let limit): "the body is longer than \(limit) bytes"
            case .tooManyRequests: "too many requests are being answered, try again later"
            case .tookTooLong: "the answer took too long to make"
            case .stopping: "medic is stopping"
            case .noAnswer: "the request was dropped without an answer"
            }
        }

        /// The name under which refusals are counted.
        var reason: String {
            switch self {
            case .malformedTarget: "malformed_target"
            case .contradictoryHeaders: "contradictory_headers"
            case .headersTooLong: "headers_too_long"
            case .bodyTooLong: "body_too_long"
            case .tooManyRequests: "too_many_requests"
            case .tookTooLong: "took_too_long"
            case .stopping: "stopping"
            case .noAnswer: "no_answer"
            }
        }

        static let all: [Refusal] = [
            .malformedTarget, .contradictoryHeaders, .headersTooLong, .bodyTooLong(limit: 0), .tooManyRequests,
            .tookTooLong, .stopping, .noAnswer,
        ]
    }
}
