internal import Instruments
internal import Dispatch
internal import EventLoop
internal import Synchronization

/// All connections of a server: who may come in, and who has stayed too long.
final class Ledger: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: Connection] = [:]
        var perAddress: [String: Int] = [:]
        var remote = 0
        var local = 0
        var isWatched = false
    }

    private let limits: HTTPServer.Limits
    private let metrics: ServerMetrics
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "medic.http.ledger")

    // While requests are answered, clients that went away are noticed soon; idle connections are looked at less often.
    private static let busyInterval = DispatchTimeInterval.milliseconds(500)
    private static let calmInterval = DispatchTimeInterval.seconds(5)

    init(_ limits: HTTPServer.Limits, _ metrics: ServerMetrics) {
        self.limits = limits
        self.metrics = metrics
    }

    /// Whether one more connection from there is welcome. A few that come at the same moment may slip in beyond the limit.
    func admits(_ address: String?) -> Bool {
        let refusal = state.withLock { state -> Counter? in
            guard let address else { return state.local < limits.localConnections ? nil : metrics.refusedTotal }
            if state.remote >= limits.connections { return metrics.refusedTotal }
            let isCrowded = state.perAddress[address, default: 0] >= limits.connectionsPerAddress
            return isCrowded ? metrics.refusedPerAddress : nil
        }
        refusal?.add()
        return refusal == nil
    }

    func add(_ connection: Connection) {
        let beginsWatch = state.withLock { state in
            state.connections[ObjectIdentifier(connection)] = connection
            switch connection.peer {
            case .tcp(let address):
                state.remote += 1
                state.perAddress[address, default: 0] += 1
            case .unix: state.local += 1
            }
            defer { state.isWatched = true }
            return !state.isWatched
        }
        if beginsWatch { watch(in: Self.busyInterval) }
    }

    func remove(_ connection: Connection) {
        state.withLock { state in
            guard state.connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
            switch connection.peer {
            case .tcp(let address):
                state.remote -= 1
                let count = state.perAddress[address, default: 1] - 1
                state.perAddress[address] = count > 0 ? count : nil
            case .unix: state.local -= 1
            }
        }
    }

    var count: Int { state.withLock { $0.connections.count } }
    var connections: [Connection] { state.withLock { Array($0.connections.values) } }

    private func watch(in interval: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + interval) { [weak self] in self?.inspect() }
    }

    /// One look at every connection. Nobody looks while there are none.
    private func inspect() {
        let connections = state.withLock { state in
            state.isWatched = !state.connections.isEmpty
            return Array(state.connections.values)
        }
        if connections.isEmpty { return }
        let now = MonotonicInstant.now
        let isBusy = connections.reduce(false) { isBusy, connection in
            connection.inspect(limits, metrics, at: now) || isBusy
        }
        watch(in: isBusy ? Self.busyInterval : Self.calmInterval)
    }
}
