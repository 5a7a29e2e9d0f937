import CCurl
public import EventLoop
import Files
public import Instruments
public import Logging

/// Something that the client's loop carries out: an exchange or a mail.
protocol Transfer: AnyObject {
    /// Ends it with `cancelled`.
    func cancel()
    /// The library is done with it, for better or worse.
    func ended(_ code: CURLcode)
}

/// Sends requests over HTTP and mail over SMTP, any number at once, on the thread of a loop.
///
/// The library behind it is opened with the first request. Connections are kept and used again.
///
/// Unchecked: confined to the loop; every entry checks. Unsafe inside because the library calls back with raw pointers to this
/// object, which outlives the library's handle: `stop` and `deinit` free that first.
@safe public final class HTTPClient: @unchecked Sendable {
    /// How many transfers there may be at once; one more is refused.
    public static let transfersMax = 4_096
    /// How many idle connections are kept for the next request.
    private static let idleConnectionsMax = 2_048
    /// How often the library may ask to be called again at once before others on the loop get their turn.
    private static let kicksMax = 16

    public let loop: EventLoop
    /// What servers see as the client's name.
    public let userAgent: String
    let log: Logger
    let meters: HTTPClientMeters
    let files = FileMemory()
    let tokens = TokenStore()
    var names = NameGate()

    private struct Running {
        let transfer: any Transfer
        let handle: CurlHandle
    }

    private var multi: UnsafeMutableRawPointer?
    private var active: [UInt: Running] = [:]
    /// Handles that are not at work.
    var shelf = HandleShelf()
    private var watches: [Int32: WatchToken] = [:]
    private var timer: TimerToken?
    private var isSettling = false
    private var needsKick = false

    public init(loop: EventLoop, log: Logger, instruments: Instruments, userAgent: String = "medic") {
        self.loop = loop
        self.log = log
        self.userAgent = userAgent
        meters = HTTPClientMeters(instruments)
    }

    deinit {
        if let multi = unsafe multi { unsafe medic_curl_multi_free(multi) }
    }

    /// Ends all transfers with `cancelled` and closes all connections. On the loop.
    public func stop() {
        precondition(loop.isCurrent, "the client is stopped on its loop")
        for running in Array(active.values) { running.transfer.cancel() }
        timer?.cancel()
        for watch in watches.values { watch.cancel() }
        watches = [:]
        shelf.removeAll()
        if let multi = unsafe multi { unsafe medic_curl_multi_free(multi) }
        unsafe multi = nil
    }

    /// How many transfers are under way. On the loop.
    public var activeCount: Int { active.count }

    // MARK: Handles

    /// A handle with all options as in the beginning.
    func handle() throws(HTTPClientError) -> CurlHandle {
        try admit()
        guard let handle = shelf.take() else { throw .other("libcurl gives no handle") }
        handle.reset()
        return handle
    }

    /// Whether there may be one more transfer.
    func admit() throws(HTTPClientError) {
        precondition(loop.isCurrent, "the client is used on its loop")
        try open()
        guard activeCount < Self.transfersMax else { throw .busy(limit: Self.transfersMax) }
    }

    func start(_ transfer: any Transfer, _ handle: CurlHandle) {
        active[handle.key] = Running(transfer: transfer, handle: handle)
        meters.active.set(Double(activeCount))
        _ = unsafe medic_curl_multi_add(multi, handle.easy)
        needsKick = true
        settle()
    }

    /// Takes a transfer back that has not ended.
    func remove(_ handle: CurlHandle) {
        guard active.removeValue(forKey: handle.key) != nil else { return }
        meters.active.set(Double(activeCount))
        _ = unsafe medic_curl_multi_remove(multi, handle.easy)
    }

    // MARK: The library's loop within ours

    private func open() throws(HTTPClientError) {
        guard unsafe multi == nil else { return }
        if let reason = unsafe medic_curl_open() { throw .unavailable(unsafe String(cString: reason)) }
        guard let fresh = unsafe medic_curl_multi() else { throw .unavailable("no memory") }
        unsafe multi = fresh
        // OpenSSL writes to connections that have gone; without this the signal would end the process.
        StandardStream.reportBrokenPipes()
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        _ = unsafe medic_curl_multi_set_number(fresh, CURLMOPT_MAXCONNECTS, Self.idleConnectionsMax)
        _ = unsafe medic_curl_multi_set_socket(fresh, watchWanted, context)
        _ = unsafe medic_curl_multi_set_timer(fresh, timerWanted, context)
    }

    fileprivate func watch(_ descriptor: Int32, _ what: Int32) {
        if what == CURL_POLL_REMOVE {
            watches.removeValue(forKey: descriptor)?.cancel()
            return
        }
        var interest: Interest = []
        if what & CURL_POLL_IN != 0 { interest.insert(.read) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.write) }
        do {
            if let watch = watches[descriptor] {
                try watch.change(to: interest)
            } else {
                watches[descriptor] = try loop.watch(descriptor, for: interest) { [weak self] ready in
                    self?.isReady(descriptor, ready)
                }
            }
        } catch {
            // The transfer ends by its timeout.
            log.warning("a connection cannot be watched", ["error": error])
        }
    }

    private func isReady(_ descriptor: Int32, _ ready: Interest) {
        var events: Int32 = 0
        if ready.contains(.read) { events |= CURL_CSELECT_IN }
        if ready.contains(.write) { events |= CURL_CSELECT_OUT }
        if ready.contains(.failure) { events |= CURL_CSELECT_ERR }
        guard let multi = unsafe multi else { return }
        _ = unsafe medic_curl_multi_act(multi, descriptor, events)
        settle()
    }

    fileprivate func setTimer(milliseconds: Int) {
        timer?.cancel()
        timer = nil
        if milliseconds == 0 {
            // Done as soon as the library has returned, without another turn of the loop.
            needsKick = true
            if !isSettling { kickSoon() }
        } else if milliseconds > 0 {
            timer = loop.after(.milliseconds(milliseconds)) { [weak self] in self?.kick() }
        }
    }

    private func kickSoon() {
        timer = loop.after(.zero) { [weak self] in self?.kick() }
    }

    private func kick() {
        timer = nil
        needsKick = true
        settle()
    }

    /// Lets the library go on and tells transfers of their end, until there is nothing left to do at once.
    private func settle() {
        guard !isSettling else { return }
        isSettling = true
        var kicks = 0
        var hasEnded = true
        while needsKick || hasEnded {
            if needsKick, let multi = unsafe multi {
                guard kicks < Self.kicksMax else { break }
                kicks += 1
                needsKick = false
                _ = unsafe medic_curl_multi_act(multi, CURL_SOCKET_BAD, 0)
            }
            hasEnded = tellEnded()
        }
        isSettling = false
        if needsKick {
            timer?.cancel()
            kickSoon()
        }
    }

    private func tellEnded() -> Bool {
        var hasEnded = false
        var code = CURLE_OK
        while let multi = unsafe multi, let easy = unsafe medic_curl_multi_ended(multi, &code) {
            guard let running = active[UInt(bitPattern: easy)] else { break }
            remove(running.handle)
            running.transfer.ended(code)
            hasEnded = true
        }
        return hasEnded
    }
}

/// The library wants a socket watched for something else than before.
private let watchWanted: medic_curl_socket = { _, descriptor, what, context, _ in
    if let context = unsafe context {
        unsafe Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue().watch(descriptor, what)
    }
    return 0
}

/// The library wants to be called after some time; below zero not at all.
private let timerWanted: medic_curl_timer = { _, milliseconds, context in
    if let context = unsafe context {
        unsafe Unmanaged<HTTPClient>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds: milliseconds)
    }
    return 0
}
