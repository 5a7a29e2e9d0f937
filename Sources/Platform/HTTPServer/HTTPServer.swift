internal import CMicrohttpd
internal import Dispatch
internal import EventLoop
public import Instruments
public import Logging
internal import Synchronization

/// Serves HTTP/1.1 over TCP, TLS and unix sockets.
///
/// A few threads carry the bytes of all connections; a connection whose answer is being made, or whose client reads
/// slowly, costs none. Every resource a client can use up has a limit, a counter and a defined end.
public final class HTTPServer: Sendable {
    /// Where the server can be reached.
    public enum Address: Sendable, Hashable, CustomStringConvertible {
        case tcp(host: String, port: UInt16)
        case unix(path: String)

        public var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unix(let path): path
            }
        }
    }

    private enum State {
        case new
        case serving([Endpoint])
        case stopped
    }

    private let settings: Settings
    private let core: ServerCore
    private let log: Logger
    private let state = Mutex(State.new)

    // How long the last answers of a server that ends may take to be cut.
    private static let cutting = Duration.milliseconds(200)

    public init(_ settings: Settings, handler: any HTTPHandler, instruments: Instruments, log: Logger) {
        self.settings = settings
        self.log = log
        core = ServerCore(handler, settings.limits, ServerMetrics(instruments))
        let ledger = core.ledger
        instruments.observe("medic_http_connections", help: "Open connections of clients.") { Double(ledger.count) }
    }

    /// Opens all sockets and begins to serve; or none.
    public func start() throws(HTTPServerError) {
        let outcome = state.withLock { state -> Result<[Endpoint], HTTPServerError> in
            guard case .new = state else { return .failure(.alreadyStarted) }
            let opened = Result { () throws(HTTPServerError) in try open() }
            if case .success(let endpoints) = opened { state = .serving(endpoints) }
            return opened
        }
        for endpoint in try outcome.get() {
            log.info("Serving HTTP", ["address": endpoint.address, "tls": settings.tls != nil])
        }
    }

    private func open() throws(HTTPServerError) -> [Endpoint] {
        if let tls = settings.tls { try renew(tls) }
        var endpoints: [Endpoint] = []
        do throws(HTTPServerError) {
            for listener in settings.listeners {
                for socket in try ListeningSocket.open(listener) {
                    let isLocal = if case .unix = listener { true } else { false }
                    let endpoint = Endpoint(socket, core, isTLS: settings.tls != nil && !isLocal)
                    endpoints.append(endpoint)
                    try endpoint.start(settings)
                }
            }
            return endpoints
        } catch {
            for endpoint in endpoints { endpoint.stop() }
            throw error
        }
    }

    /// Shows another certificate to clients that come from now on; those that are there go on with the former one. Whose signatures under
    /// the certificates of clients count changes for the requests of all; whether clients are asked for one was settled at the start.
    public func renew(_ tls: TLS) throws(HTTPServerError) {
        let identity = try TLSIdentity(certificate: tls.certificate, key: tls.key)
        let authorities = try tls.clientAuthorities.map { text throws(HTTPServerError) in try ClientAuthorities(text) }
        core.identity.withLock { $0 = identity }
        core.authorities.withLock { $0 = authorities }
    }

    /// When the certificate expires that clients are shown, in seconds since the epoch; nil without TLS.
    public var certificateExpiry: Int? { core.identity.withLock { $0 }?.expiry }

    /// Where the server listens, with the ports that the kernel chose.
    public var addresses: [Address] {
        state.withLock { state in
            if case .serving(let endpoints) = state { endpoints.map(\.address) } else { [] }
        }
    }

    /// Stops within the bound: no new connections, streams of events end, what is being answered may finish; at the bound
    /// the rest is turned away. Blocks its thread until all is over.
    public func stop(within bound: Duration = .seconds(5)) {
        let endpoints = state.withLock { state -> [Endpoint] in
            defer { state = .stopped }
            if case .serving(let endpoints) = state { return endpoints }
            return []
        }
        if endpoints.isEmpty { return }
        core.stop()
        for connection in core.ledger.connections { connection.channel?.close() }
        let deadline = MonotonicInstant.now + bound
        wait(until: deadline)
        // From here on nothing comes to rest any more, and what rests is woken.
        core.beginEnd()
        let rest = core.requestCount
        for connection in core.ledger.connections { connection.end() }
        if rest > 0 {
            log.warning("Requests were cut off by the stop", ["count": rest])
            wait(until: .now + Self.cutting)
        }
        for endpoint in endpoints { endpoint.stop() }
        log.info("HTTP has stopped")
    }

    /// Waits until no request is open. Looking now and then is simplest for something that happens once.
    private func wait(until deadline: MonotonicInstant) {
        let pause = DispatchSemaphore(value: 0)
        while core.requestCount > 0, MonotonicInstant.now < deadline {
            _ = pause.wait(timeout: .now() + .milliseconds(5))
        }
    }
}
