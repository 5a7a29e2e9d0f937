import CCurl
import EventLoop
import Instruments
public import HTTPSettings

/// A request that can be made again and again, such as a scrape.
///
/// Unchecked: confined to the client's loop; every entry checks. Unsafe inside because the library lends the bytes of the answer
/// as raw memory and knows this object by its address; the client keeps it alive while the library is at work.
@safe public final class HTTPCall: @unchecked Sendable, Transfer {
    public typealias Completion = @Sendable (Result<HTTPResponse, HTTPClientError>) -> Void
    /// Takes the next piece of a body whose status is 200 to 299; false to refuse it, and with it the answer.
    public typealias Sink = @Sendable (Span<UInt8>) -> Bool

    /// As many redirects are followed as Go follows.
    static let redirectsMax = 10
    /// Of a body that nobody wants so much is read, so that the connection can be used again.
    private static let discardedBytesMax = 64 << 10
    private static let headersMax = 256

    public let request: HTTPRequest
    public let settings: HTTPClientSettings
    let client: HTTPClient
    private let sink: Sink?
    private let completion: Completion

    private enum State {
        case idle
        case awaitingToken(number: Int)
        case running(CurlHandle)
    }

    private enum Body {
        case unknown
        case kept
        case sunk
        case discarded
    }

    private var state = State.idle
    private var startNumber = 0
    /// What the client's shelf knows it by; zero before the first start.
    private var number: UInt64 = 0
    /// Whether its handle is worth keeping as it is: what it says is the same each time.
    private let isRepeated: Bool
    private var deadline = MonotonicInstant.now
    private var began = MonotonicInstant.now
    private var origin: URLOrigin?
    private var target: URLOrigin?
    /// Whose name is looked up, for this exchange and where nothing leads elsewhere.
    private var host = ""
    private lazy var homeHost = origin.map(lookedUp) ?? ""
    private var url: String
    private var method: String
    private var redirects = 0
    private var body = Body.unknown
    private var bytes: [UInt8] = []
    private var byteCount = 0
    private var headers: [HTTPHeader] = []
    private var failure: HTTPClientError?
    private var isCutShort = false
    private var tlsVersion: String?

    init(
        _ client: HTTPClient,
        _ request: HTTPRequest,
        _ settings: HTTPClientSettings,
        sink: Sink?,
        then completion: @escaping Completion
    ) {
        self.client = client
        self.request = request
        self.settings = settings
        self.sink = sink
        self.completion = completion
        url = request.url
        method = request.method
        origin = URLOrigin(request.url)
        isRepeated = sink != nil && !request.wantsCertificates && !request.onlyConnects && settings.areLasting
    }

    /// Whether it is under way.
    public var isRunning: Bool {
        if case .idle = state { false } else { true }
    }

    /// Sends the request. Nothing happens when it is under way already. On the loop.
    public func start() {
        precondition(client.loop.isCurrent, "requests are sent on the client's loop")
        guard !isRunning else { return }
        startNumber &+= 1
        if number == 0 { number = client.shelf.newNumber() }
        began = .now
        deadline = began + request.timeout
        url = request.url
        method = request.method
        redirects = 0
        guard let origin else { return finish(.failure(.badURL(request.url))) }
        guard case .oauth2(let oauth2) = settings.credentials else { return send(to: origin, token: nil) }
        let number = startNumber
        state = .awaitingToken(number: number)
        client.tokens.token(for: oauth2, client, deadline: deadline) { [weak self] result in
            guard let self, case .awaitingToken(number) = self.state else { return }
            self.state = .idle
            switch result {
            case .success(let token): self.send(to: origin, token: token)
            case .failure(let error): self.finish(.failure(error))
            }
        }
    }

    /// Ends it with `cancelled`, if it is under way, and lets go of what was kept for the next time. On the loop.
    public func cancel() {
        precondition(client.loop.isCurrent, "requests are cancelled on the client's loop")
        if let unused = client.shelf.take(of: number) { client.shelf.put(unused) }
        switch state {
        case .idle: return
        case .awaitingToken: break
        case .running(let handle):
            client.names.end(host, handle, isAnswered: false)
            client.remove(handle)
            client.shelf.put(handle)
        }
        finish(.failure(.cancelled))
    }

    /// The type of the answer that arrives; nil while none does, and where it has none. On the loop.
    public var contentType: String? {
        guard case .running(let handle) = state else { return nil }
        return handle.text(CURLINFO_CONTENT_TYPE)
    }

    // MARK: Sending

    private func send(to target: URLOrigin, token: String?) {
        self.target = target
        body = .unknown
        bytes.removeAll(keepingCapacity: true)
        byteCount = 0
        headers.removeAll(keepingCapacity: true)
        failure = nil
        isCutShort = false
        tlsVersion = nil
        let remaining = deadline - .now
        guard remaining > .zero else { return finish(.failure(.timeout)) }
        host = redirects == 0 ? homeHost : lookedUp(target)
        guard client.names.admits(host) else {
            return finish(.failure(.silentNameServer(host: target.host, lookups: NameGate.hangingMax)))
        }
        do throws(HTTPClientError) {
            let handle = try handle(to: target, token)
            handle.set(CURLOPT_TIMEOUT_MS, Int(max(1, remaining.wholeNanoseconds / 1_000_000)))
            state = .running(handle)
            client.meters.requests.add()
            client.names.begin(host, handle)
            client.start(self, handle)
        } catch {
            finish(.failure(error))
        }
    }

    /// A handle with all options set but the time limit.
    private func handle(to target: URLOrigin, _ token: String?) throws(HTTPClientError) -> CurlHandle {
        if redirects == 0, let handle = client.shelf.take(of: number) {
            handle.forgetWords()
            try client.admit()
            return handle
        }
        let handle = try client.handle()
        let options = HTTPCallOptions(
            call: self,
            handle: handle,
            target: target,
            url: url,
            method: method,
            isHome: origin.map { $0.isSame(as: target) } ?? false,
            token: token
        )
        do throws(HTTPClientError) {
            try options.apply()
        } catch {
            client.shelf.put(handle)
            throw error
        }
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe handle.set(CURLOPT_WRITEDATA, pointer: context)
        unsafe handle.set(CURLOPT_WRITEFUNCTION, function: receiveBytes)
        if sink == nil {
            unsafe handle.set(CURLOPT_HEADERDATA, pointer: context)
            unsafe handle.set(CURLOPT_HEADERFUNCTION, function: receiveHeader)
        }
        if request.wantsCertificates { unsafe handle.set(connected: hasConnected, context: context) }
        return handle
    }

    /// Whose address is needed: the server's, or that of a proxy before it. A server that is excepted from the proxy counts as the
    /// proxy, which does no harm: it only says which transfers have a lookup in common.
    private func lookedUp(_ target: URLOrigin) -> String {
        if settings.unixSocket != nil { return "localhost" }
        let proxy = ProxyChoice(settings.proxy, scheme: target.scheme).url
        return proxy.isEmpty ? target.host : URLOrigin(proxy)?.host ?? proxy
    }

    fileprivate func noteConnection() {
        guard case .running(let handle) = state else { return }
        tlsVersion = handle.tlsVersion
    }

    // MARK: Receiving

    fileprivate func receive(_ piece: UnsafeBufferPointer<UInt8>) -> Bool {
        if case .unknown = body { decideAboutBody() }
        byteCount += piece.count
        if case .discarded = body {
            isCutShort = byteCount > Self.discardedBytesMax
            return !isCutShort
        }
        let isTaken = byteCount <= request.bodyLimit
        switch body {
        case .kept where isTaken:
            unsafe bytes.append(contentsOf: piece)
            return true
        case .sunk where isTaken:
            if let sink, unsafe sink(piece.span) { return true }
        default: break
        }
        failure = .bodyTooLarge(limit: request.bodyLimit)
        return false
    }

    private func decideAboutBody() {
        guard case .running(let handle) = state else { return }
        let status = handle.number(CURLINFO_RESPONSE_CODE)
        if isRedirect(status) {
            body = .discarded
        } else if sink == nil {
            body = .kept
        } else {
            body = (200..<300).contains(status) ? .sunk : .discarded
        }
    }

    fileprivate func receive(header piece: UnsafeRawBufferPointer) {
        let line = unsafe String(decoding: piece, as: UTF8.self)
        // The status line of this answer, or of one before it: interim answers and proxies have headers of their own.
        if line.hasPrefix("HTTP/") { return headers.removeAll(keepingCapacity: true) }
        guard headers.count < Self.headersMax, let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) else { return }
        headers.append(HTTPHeader(Self.trimmed(line[..<colon]), Self.trimmed(line[colon...].dropFirst())))
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    // MARK: Ending

    private func isRedirect(_ status: Int) -> Bool {
        settings.followsRedirects && [301, 302, 303, 307, 308].contains(status)
    }

    func ended(_ code: CURLcode) {
        guard case .running(let handle) = state else { return }
        state = .idle
        client.names.end(host, handle, isAnswered: code == CURLE_OK || byteCount > 0)
        client.meters.connections.add(UInt64(clamping: handle.number(CURLINFO_NUM_CONNECTS)))
        let isWhole = code == CURLE_OK || isCutShort
        let status = handle.number(CURLINFO_RESPONSE_CODE)
        if failure == nil, isWhole, isRedirect(status), let next = handle.text(CURLINFO_REDIRECT_URL) {
            client.shelf.put(handle)
            return follow(next, status)
        }
        let result: Result<HTTPResponse, HTTPClientError>
        if let failure {
            result = .failure(failure)
        } else if isWhole {
            result = .success(response(handle, status))
        } else {
            result = .failure(HTTPClientError(code, handle, host: target?.host ?? "", port: target?.port ?? 0))
        }
        if isRepeated, redirects == 0, code == CURLE_OK {
            client.shelf.put(handle, of: number)
        } else {
            client.shelf.put(handle)
        }
        if status == 401, case .oauth2(let oauth2) = settings.credentials { client.tokens.forget(oauth2) }
        finish(result)
    }

    private func follow(_ next: String, _ status: Int) {
        redirects += 1
        guard redirects <= Self.redirectsMax else {
            return finish(.failure(.tooManyRedirects(limit: Self.redirectsMax)))
        }
        guard let target = URLOrigin(next) else { return finish(.failure(.badURL(next))) }
        url = next
        if status < 307, method != "HEAD" { method = "GET" }
        let token: String? =
            if case .oauth2(let oauth2) = settings.credentials { client.tokens.present(oauth2) } else { nil }
        send(to: target, token: token)
    }

    private func response(_ handle: CurlHandle, _ status: Int) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: headers,
            contentType: handle.text(CURLINFO_CONTENT_TYPE),
            body: bytes,
            timings: HTTPTimings(handle, total: .now - began),
            certificates: request.wantsCertificates ? handle.certificates : [],
            tlsVersion: tlsVersion,
            remoteAddress: handle.text(CURLINFO_PRIMARY_IP) ?? "",
            version: handle.number(CURLINFO_HTTP_VERSION) >= Int(CURL_HTTP_VERSION_2_0) ? "2" : "1.1",
            redirects: redirects
        )
    }

    private func finish(_ result: Result<HTTPResponse, HTTPClientError>) {
        state = .idle
        bytes = []
        if case .failure(let error) = result { client.meters.failed(error) }
        completion(result)
    }
}

private let receiveBytes: medic_curl_bytes = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let call = unsafe Unmanaged<HTTPCall>.fromOpaque(context).takeUnretainedValue()
    return unsafe call.receive(
        UnsafeBufferPointer(start: UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count)
    ) ? size * count : 0
}

private let receiveHeader: medic_curl_bytes = { bytes, size, count, context in
    guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
    let call = unsafe Unmanaged<HTTPCall>.fromOpaque(context).takeUnretainedValue()
    unsafe call.receive(header: UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private let hasConnected: medic_curl_connected = { context, _, _, _, _ in
    if let context = unsafe context {
        unsafe Unmanaged<HTTPCall>.fromOpaque(context).takeUnretainedValue().noteConnection()
    }
    return 0
}
