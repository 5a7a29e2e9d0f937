// The library calls about one request come from one thread at a time, the one that serves its connection; what other
// threads touch stands behind the lock. The library's pointers live as long as the call that brings them; that of the
// connection until the exchange ends, and it is used from other threads only while the connection is suspended.
internal import CMicrohttpd
internal import Instruments
internal import Synchronization

/// One request and its answer.
@safe final class Exchange: @unchecked Sendable {
    private enum Step {
        case head
        case body
        case answer
    }

    private struct Outcome {
        var reply: HTTPServer.Reply?
        var isSuspended = false
        var isOver = false
    }

    let abandonment = HTTPServer.Abandonment()
    private let handle: OpaquePointer
    private let server: ServerCore
    private let connection: Connection
    private let rawTarget: [UInt8]
    private let isTLS: Bool
    private let outcome = Mutex(Outcome())

    // Only for the thread that serves the connection.
    private var step = Step.head
    private var method = ""
    private var headers = HTTPServer.Headers()
    private var target: RequestTarget?
    private var body: [UInt8] = []
    private var isTooLong = false
    private var countsAsInFlight = false

    init(_ handle: OpaquePointer, _ server: ServerCore, _ connection: Connection, target: [UInt8], isTLS: Bool) {
        unsafe self.handle = handle
        self.server = server
        self.connection = connection
        rawTarget = target
        self.isTLS = isTLS
    }

    // MARK: Receiving

    /// The library has the headers, a piece of the body, all of it, or was told to go on.
    func proceed(_ method: String, _ upload: UnsafeRawBufferPointer) -> MHD_Result {
        switch step {
        case .head:
            step = .body
            self.method = method
            if let refusal = readHead() { return refuseAtOnce(refusal) }
            return .YES
        case .body where unsafe !upload.isEmpty:
            return unsafe receive(upload)
        case .body:
            step = .answer
            if isTooLong { return refuseAtOnce(.bodyTooLong(limit: server.limits.bodyBytes)) }
            guard let target else { return .NO }
            return ask(for: target)
        case .answer:
            return deliver()
        }
    }

    private func readHead() -> HTTPServer.Refusal? {
        headers = unsafe HTTPServer.Headers(of: handle)
        guard unsafe medic_http_header_size(handle) <= server.limits.headerBytes else { return .headersTooLong }
        guard let target = RequestTarget(rawTarget) else { return .malformedTarget }
        self.target = target
        let lengths = headers.all("content-length")
        let isChunked = headers["transfer-encoding"] != nil
        if lengths.count > 1 || (isChunked && !lengths.isEmpty) || headers.all("host").count > 1 {
            return .contradictoryHeaders
        }
        if let length = lengths.first {
            guard let count = Int(length) else { return .contradictoryHeaders }
            if count > server.limits.bodyBytes { return .bodyTooLong(limit: server.limits.bodyBytes) }
        }
        countsAsInFlight = true
        return server.begin() ? nil : .tooManyRequests
    }

    private func receive(_ piece: UnsafeRawBufferPointer) -> MHD_Result {
        if isTooLong { return .YES }
        guard body.count + piece.count <= server.limits.bodyBytes else {
            // An answer has to wait for the end of the body. One without an end runs into the time for receiving.
            isTooLong = true
            server.release(bodyBytes: body.count)
            body = []
            return .YES
        }
        guard server.reserve(bodyBytes: piece.count) else { return .NO }
        unsafe body.append(contentsOf: piece)
        return .YES
    }

    // MARK: Answering

    private func ask(for target: RequestTarget) -> MHD_Result {
        connection.enter(.answering, self)
        let request = HTTPServer.Request(
            method: method,
            target: target,
            headers: headers,
            body: body,
            peer: connection.peer,
            isTLS: isTLS,
            clientCertificate: unsafe isTLS
                ? ClientCertificateReader.certificate(of: handle, server.authorities.withLock { $0 }) : nil,
            abandonment: abandonment
        )
        let responder = Responder(self)
        server.handler.answer(request) { responder.respond($0) }
        return deliver()
    }

    /// Takes the answer from whoever has made it.
    func respond(_ reply: HTTPServer.Reply) {
        let reply = headers.acceptsGzip ? reply.packed() : reply
        outcome.withLock { outcome in
            if outcome.reply != nil || outcome.isOver { return }
            outcome.reply = reply
            if outcome.isSuspended {
                outcome.isSuspended = false
                unsafe MHD_resume_connection(handle)
            }
        }
    }

    func refuse(_ refusal: HTTPServer.Refusal) {
        let isNews = outcome.withLock { $0.reply == nil && !$0.isOver }
        guard isNews else { return }
        server.metrics.count(refusal)
        abandonment.abandon()
        respond(server.handler.reply(to: refusal))
    }

    /// Sends the answer if there is one, and otherwise lets the connection rest until there is.
    private func deliver() -> MHD_Result {
        let (reply, isStopping) = outcome.withLock { outcome -> (HTTPServer.Reply?, Bool) in
            if let reply = outcome.reply { return (reply, false) }
            // A server that stops may not leave a connection at rest.
            if server.isEnding { return (nil, true) }
            outcome.isSuspended = true
            unsafe MHD_suspend_connection(handle)
            return (nil, false)
        }
        if isStopping { return refuseAtOnce(.stopping) }
        return reply.map { send($0) } ?? .YES
    }

    private func refuseAtOnce(_ refusal: HTTPServer.Refusal) -> MHD_Result {
        server.metrics.count(refusal)
        step = .answer
        return send(server.handler.reply(to: refusal), closing: true)
    }

    private func send(_ reply: HTTPServer.Reply, closing: Bool = false) -> MHD_Result {
        outcome.withLock { $0.isOver = true }
        let body = unsafe ReplyBody(reply, handle, connection, server)
        connection.enter(.sending, self, body.channel)
        guard let response = unsafe body.makeResponse() else { return .NO }
        for (name, value) in reply.headers { unsafe MHD_add_response_header(response, name, value) }
        if closing || server.isStopping { unsafe MHD_add_response_header(response, "Connection", "close") }
        let result = unsafe MHD_queue_response(handle, UInt32(clamping: reply.status), response)
        unsafe MHD_destroy_response(response)
        return result
    }

    /// The library is done with the request, one way or the other.
    func end() {
        outcome.withLock { $0.isOver = true }
        abandonment.abandon()
        connection.enter(.waiting)
        server.release(bodyBytes: body.count)
        body = []
        if countsAsInFlight { server.end() }
    }
}

/// Makes sure that a request is answered: when nobody can answer any more, the server does.
private final class Responder: Sendable {
    private let exchange: Exchange

    init(_ exchange: Exchange) {
        self.exchange = exchange
    }

    deinit {
        exchange.refuse(.noAnswer)
    }

    func respond(_ reply: HTTPServer.Reply) {
        exchange.respond(reply)
    }
}

extension HTTPServer.Headers {
    fileprivate init(of handle: OpaquePointer) {
        self.init()
        unsafe withUnsafeMutablePointer(to: &self) { headers in
            unsafe medic_http_headers(
                handle,
                { context, _, name, value in
                    guard let context = unsafe context, let name = unsafe name else { return .NO }
                    unsafe context.assumingMemoryBound(to: HTTPServer.Headers.self).pointee.append(
                        String(cString: name),
                        value.map { unsafe String(cString: $0) } ?? ""
                    )
                    return .YES
                },
                headers
            )
        }
    }
}
