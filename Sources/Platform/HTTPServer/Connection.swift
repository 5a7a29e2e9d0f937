internal import Instruments
internal import EventLoop
internal import Glibc
internal import Synchronization

/// A client's connection, from its acceptance to its end.
final class Connection: Sendable {
    /// What the connection is doing.
    enum Phase: Sendable {
        /// Nothing was asked yet, or the last answer was taken.
        case waiting
        /// The request line is there, the rest is not.
        case receiving
        /// Somebody works on the answer.
        case answering
        case sending
    }

    private struct State {
        var isOpen = true
        var phase = Phase.waiting
        var since = MonotonicInstant.now
        var exchange: Exchange?
        var channel: EventChannel?
    }

    let peer: HTTPServer.Peer
    /// Who the server is to this client, as it was when the client came; nil without TLS.
    let identity: TLSIdentity?
    private let descriptor: Int32
    private let state = Mutex(State())

    init(peer: HTTPServer.Peer, descriptor: Int32, identity: TLSIdentity? = nil) {
        self.peer = peer
        self.identity = identity
        self.descriptor = descriptor
    }

    func enter(_ phase: Phase, _ exchange: Exchange? = nil, _ channel: EventChannel? = nil) {
        state.withLock { state in
            state.phase = phase
            state.since = .now
            state.exchange = exchange
            state.channel = channel
        }
    }

    /// The library is about to close the descriptor.
    func close() {
        state.withLock { state in
            state.isOpen = false
            state.exchange = nil
            state.channel = nil
        }
    }

    /// Cuts the connection; the library notices and cleans up.
    func cut() {
        state.withLock { state in
            if state.isOpen { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }

    /// Gives an answer that is still being made, ends a stream of events, and cuts whatever goes on all the same.
    func end() {
        let (exchange, channel, phase) = state.withLock { ($0.exchange, $0.channel, $0.phase) }
        channel?.close()
        exchange?.refuse(.stopping)
        if case .sending = phase, channel == nil { cut() }
    }

    var channel: EventChannel? { state.withLock { $0.channel } }

    /// Looks whether the connection has overstayed and does what follows.
    ///
    /// - Returns: whether something goes on that should be looked at again soon.
    func inspect(_ limits: HTTPServer.Limits, _ metrics: ServerMetrics, at now: MonotonicInstant) -> Bool {
        let (state, isGone) = self.state.withLock { state in
            (state, state.isOpen && isDeserted(state))
        }
        guard state.isOpen else { return false }
        let age = now - state.since
        switch state.phase {
        case .waiting:
            // The library closes what is idle. What is still here trickles in, byte by byte, to hold a connection.
            if age > limits.idle + limits.receiving { overstay(.receiving, metrics) }
            return false
        case .receiving:
            if age > limits.receiving { overstay(.receiving, metrics) }
        case .answering:
            if isGone { state.exchange?.abandonment.abandon() }
            if age > limits.answering { state.exchange?.refuse(.tookTooLong) }
        case .sending:
            guard let channel = state.channel else {
                if age > limits.sending { overstay(.sending, metrics) }
                return true
            }
            if isGone { channel.close() }
        }
        return true
    }

    private func overstay(_ phase: Phase, _ metrics: ServerMetrics) {
        switch phase {
        case .sending: metrics.slowReaders.add()
        default: metrics.slowWriters.add()
        }
        cut()
    }

    /// Whether the client has closed its side while nobody reads from the connection.
    private func isDeserted(_ state: State) -> Bool {
        switch state.phase {
        case .waiting, .receiving: return false
        case .answering, .sending: break
        }
        // POLLRDHUP: the other side has closed. The C library's headers show it to C with extensions only.
        var wanted = pollfd(fd: descriptor, events: 0x2000, revents: 0)
        return unsafe poll(&wanted, 1, 0) == 1 && wanted.revents != 0
    }
}
