// The library gets a reference to the endpoint that is not retained: the endpoint lives until its daemon has stopped.
// Connections and exchanges are retained once for the library and released when it says that they are over.
internal import CMicrohttpd
internal import Glibc
internal import Synchronization

/// One listening socket with the library's daemon behind it.
@safe final class Endpoint: @unchecked Sendable {
    let address: HTTPServer.Address
    private let socket: ListeningSocket
    private let server: ServerCore
    private let isTLS: Bool
    private let daemon = Mutex<Handle?>(nil)

    init(_ socket: ListeningSocket, _ server: ServerCore, isTLS: Bool) {
        address = socket.address
        self.socket = socket
        self.server = server
        self.isTLS = isTLS
    }

    /// Begins to serve.
    func start(_ settings: HTTPServer.Settings) throws(HTTPServerError) {
        var options = unsafe medic_http_options()
        // The library closes the descriptor that it is given, also on most of its ways to fail; so it gets its own. One that
        // is left open by a failure is less harm than the closing of a number that is somebody else's by now.
        unsafe options.listening_socket = try socket.duplicate()
        let isLocal = if case .unix = address { true } else { false }
        unsafe options.threads = isLocal ? 1 : UInt32(clamping: max(1, settings.threads))
        unsafe options.idle_seconds = UInt32(clamping: max(1, server.limits.idle.components.seconds))
        // Beyond its limit the library lets connections wait; the ledger turns them away before that.
        let connections = isLocal ? server.limits.localConnections : server.limits.connections
        unsafe options.connections = UInt32(clamping: connections * 2 + 64)
        // The library keeps what it makes of the headers, and pieces of the answer, beside the headers themselves.
        unsafe options.connection_memory = server.limits.headerBytes * 2
        unsafe options.context = Unmanaged.passUnretained(self).toOpaque()
        unsafe options.accept = acceptConnection
        unsafe options.answer = answerRequest
        unsafe options.completed = completeRequest
        unsafe options.connection = noticeConnection
        unsafe options.target = beginRequest
        unsafe options.unescape = { _, _, text in unsafe text.map { unsafe strlen($0) } ?? 0 }
        if isTLS { unsafe options.identify = identifyServer }
        // The library reads a PEM text up to its terminating zero, during this call.
        let pointer = unsafe Self.withText(isTLS ? settings.tls?.clientAuthorities : nil) { authorities in
            unsafe options.client_authorities = authorities
            return unsafe medic_http_start(&options)
        }
        guard let pointer = unsafe pointer else {
            throw .cannotServe(on: address.description, isTLS: isTLS)
        }
        let handle = unsafe Handle(pointer: pointer)
        daemon.withLock { $0 = handle }
    }

    /// Closes all connections and waits for the threads. No connection may be at rest any more.
    ///
    /// The library is not told before to take no more connections: its threads and the one that tells them take the
    /// listening socket out of the same set, and whoever comes second ends the process. Until here, `admits` says no.
    func stop() {
        let daemon = daemon.withLock { daemon in
            defer { daemon = nil }
            return daemon
        }
        if let daemon { unsafe MHD_stop_daemon(daemon.pointer) }
        socket.close()
    }

    private static func withText<Result>(_ text: [UInt8]?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        guard let text else { return body(nil) }
        return unsafe (text + [0]).withUnsafeBytes { unsafe body($0.baseAddress?.assumingMemoryBound(to: CChar.self)) }
    }

    // MARK: What the library tells

    fileprivate func admits(_ peer: UnsafePointer<sockaddr>?) -> Bool {
        if server.isStopping { return false }
        guard let peer = unsafe peer else { return false }
        return unsafe server.ledger.admits(PeerAddress.text(peer))
    }

    fileprivate func connected(_ handle: OpaquePointer) -> UnsafeMutableRawPointer {
        let descriptor = unsafe medic_http_socket(handle)
        let peer = unsafe HTTPServer.Peer(medic_http_address(handle), descriptor)
        let identity = isTLS ? server.identity.withLock { $0 } : nil
        let connection = Connection(peer: peer, descriptor: descriptor, identity: identity)
        server.ledger.add(connection)
        return unsafe Unmanaged.passRetained(connection).toOpaque()
    }

    fileprivate func disconnected(_ connection: Connection) {
        connection.close()
        server.ledger.remove(connection)
    }

    fileprivate func begin(_ handle: OpaquePointer, _ target: [UInt8]) -> UnsafeMutableRawPointer? {
        guard let context = unsafe medic_http_context(handle) else { return nil }
        let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
        let exchange = unsafe Exchange(handle, server, connection, target: target, isTLS: isTLS)
        connection.enter(.receiving, exchange)
        return unsafe Unmanaged.passRetained(exchange).toOpaque()
    }
}

// MARK: - Callbacks

private func endpoint(_ context: UnsafeMutableRawPointer?) -> Endpoint? {
    unsafe context.map { unsafe Unmanaged<Endpoint>.fromOpaque($0).takeUnretainedValue() }
}

private func acceptConnection(
    _ context: UnsafeMutableRawPointer?,
    _ address: UnsafePointer<sockaddr>?,
    _ length: socklen_t
) -> MHD_Result {
    guard let endpoint = unsafe endpoint(context), unsafe endpoint.admits(address) else { return .NO }
    return .YES
}

private func noticeConnection(
    _ context: UnsafeMutableRawPointer?,
    _ handle: OpaquePointer?,
    _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ code: MHD_ConnectionNotificationCode
) {
    guard let endpoint = unsafe endpoint(context), let handle = unsafe handle, let place = unsafe place else { return }
    if medic_http_begins(code) != 0 {
        unsafe place.pointee = endpoint.connected(handle)
    } else if let connection = unsafe place.pointee {
        unsafe place.pointee = nil
        unsafe endpoint.disconnected(Unmanaged<Connection>.fromOpaque(connection).takeRetainedValue())
    }
}

private func beginRequest(
    _ context: UnsafeMutableRawPointer?,
    _ target: UnsafePointer<CChar>?,
    _ handle: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let endpoint = unsafe endpoint(context), let target = unsafe target, let handle = unsafe handle else {
        return nil
    }
    let bytes = unsafe UnsafeRawBufferPointer(start: target, count: strlen(target))
    return unsafe endpoint.begin(handle, Array(bytes))
}

private func answerRequest(
    _ context: UnsafeMutableRawPointer?,
    _ handle: OpaquePointer?,
    _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?,
    _ version: UnsafePointer<CChar>?,
    _ upload: UnsafePointer<CChar>?,
    _ uploadCount: UnsafeMutablePointer<Int>?,
    _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let exchange = unsafe place?.pointee, let method = unsafe method, let uploadCount = unsafe uploadCount else {
        return .NO
    }
    let piece = unsafe UnsafeRawBufferPointer(start: upload, count: upload == nil ? 0 : uploadCount.pointee)
    // All that is offered is taken, here or not at all.
    unsafe uploadCount.pointee = 0
    return unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeUnretainedValue()
        .proceed(String(cString: method), piece)
}

private func completeRequest(
    _ context: UnsafeMutableRawPointer?,
    _ handle: OpaquePointer?,
    _ place: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
    _ code: MHD_RequestTerminationCode
) {
    guard let exchange = unsafe place?.pointee else { return }
    unsafe place?.pointee = nil
    unsafe Unmanaged<Exchange>.fromOpaque(exchange).takeRetainedValue().end()
}
