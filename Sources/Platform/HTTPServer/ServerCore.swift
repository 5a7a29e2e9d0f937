internal import Instruments
internal import Synchronization

/// What all connections of a server share: the handler, the bounds, and what has been used of them.
final class ServerCore: Sendable {
    let handler: any HTTPHandler
    let limits: HTTPServer.Limits
    let metrics: ServerMetrics
    let ledger: Ledger
    /// Who the server is to clients that come from now on; nil without TLS.
    let identity = Mutex<TLSIdentity?>(nil)
    /// Whom it believes about its clients, from the next request on; nil where clients show no certificates.
    let authorities = Mutex<ClientAuthorities?>(nil)

    private let requests = Atomic(0)
    private let bodyBytes = Atomic(0)
    private let stopping = Atomic(false)
    private let ending = Atomic(false)

    init(_ handler: any HTTPHandler, _ limits: HTTPServer.Limits, _ metrics: ServerMetrics) {
        self.handler = handler
        self.limits = limits
        self.metrics = metrics
        ledger = Ledger(limits, metrics)
    }

    /// No new connections, and no second request on those there are.
    var isStopping: Bool { stopping.load(ordering: .acquiring) }
    /// Nothing may be waited for any more.
    var isEnding: Bool { ending.load(ordering: .acquiring) }

    func stop() { stopping.store(true, ordering: .releasing) }
    func beginEnd() { ending.store(true, ordering: .sequentiallyConsistent) }

    var requestCount: Int { requests.load(ordering: .relaxed) }

    /// Counts a request in; false when there are too many. In either case it must be counted out.
    func begin() -> Bool {
        metrics.inFlight.add(1)
        return requests.add(1, ordering: .relaxed).newValue <= limits.requestsInFlight
    }

    func end() {
        metrics.inFlight.add(-1)
        requests.subtract(1, ordering: .relaxed)
    }

    func reserve(bodyBytes count: Int) -> Bool {
        let total = bodyBytes.add(count, ordering: .relaxed).newValue
        guard total <= limits.allBodyBytes else {
            bodyBytes.subtract(count, ordering: .relaxed)
            return false
        }
        metrics.bodyBytes.set(Double(total))
        return true
    }

    func release(bodyBytes count: Int) {
        if count == 0 { return }
        metrics.bodyBytes.set(Double(bodyBytes.subtract(count, ordering: .relaxed).newValue))
    }
}
