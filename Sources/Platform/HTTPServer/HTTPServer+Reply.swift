internal import Compression

extension HTTPServer {
    /// An answer.
    public struct Reply: Sendable {
        public enum Body: Sendable {
            case bytes([UInt8])
            /// Asked for the next piece whenever the client has taken what there was. On a thread of the server, never two
            /// calls at once.
            case stream(@Sendable () -> Piece)
            /// Stays open until the channel is closed.
            case events(EventChannel)
        }

        public enum Piece: Sendable {
            case bytes([UInt8])
            case end
            /// There is more, but it cannot be had: the connection is cut so that the client notices.
            case failed
        }

        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: Body

        public init(status: Int = 200, type: String? = nil, headers: [(String, String)] = [], body: Body) {
            self.status = status
            self.headers = (type.map { [("Content-Type", $0)] } ?? []) + headers
            self.body = body
        }

        public init(status: Int = 200, type: String, text: String) {
            self.init(status: status, type: type, body: .bytes(Array(text.utf8)))
        }
    }
}

extension HTTPServer.Reply {
    // Less than this fits into one packet as it is.
    static let worthPacking = 1_400

    /// The reply as it goes to a client that takes gzip, packed where that is worth while.
    func packed() -> HTTPServer.Reply {
        guard !headers.contains(where: { $0.name.lowercased() == "content-encoding" }) else { return self }
        var reply = self
        switch body {
        case .bytes(let bytes):
            guard bytes.count >= Self.worthPacking, let packed = try? GzipPacker.pack(bytes) else { return self }
            reply.body = .bytes(packed)
        case .stream(let pull):
            guard let packer = try? PackedStream(pull) else { return self }
            reply.body = .stream { packer.next() }
        case .events: return self
        }
        reply.headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
        return reply
    }
}

/// Packs the pieces of a stream as they are asked for. The server asks for one at a time.
private final class PackedStream: @unchecked Sendable {
    private let pull: @Sendable () -> HTTPServer.Reply.Piece
    private let packer: GzipPacker
    private var hasEnded = false

    init(_ pull: @escaping @Sendable () -> HTTPServer.Reply.Piece) throws(CompressionError) {
        self.pull = pull
        packer = try GzipPacker()
    }

    func next() -> HTTPServer.Reply.Piece {
        if hasEnded { return .end }
        switch pull() {
        case .bytes(let bytes): return .bytes(packer.pack(bytes))
        case .failed: return .failed
        case .end:
            hasEnded = true
            return .bytes(packer.finish())
        }
    }
}

extension HTTPServer.Headers {
    /// Whether the client takes gzip.
    var acceptsGzip: Bool {
        all("accept-encoding").contains { value in
            value.split(separator: ",").contains { part in
                let sides = part.lowercased().filter { $0 != " " }.split(separator: ";")
                guard let coding = sides.first, coding == "gzip" || coding == "*" else { return false }
                let quality = sides.dropFirst().first { $0.hasPrefix("q=") }?.dropFirst(2)
                return quality.map { (Double($0) ?? 0) > 0 } ?? true
            }
        }
    }
}
