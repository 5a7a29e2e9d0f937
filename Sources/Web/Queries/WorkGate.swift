import Dispatch
import EventLoop
public import HTTPServer
public import Instruments
import Synchronization

/// Lets so much heavy work run at once; some waits, and what is beyond that is refused.
public final class WorkGate: Sendable {
    private struct Waiting {
        let deadline: MonotonicInstant
        let abandonment: HTTPServer.Abandonment?
        let begin: @Sendable () -> Void
        let refuse: @Sendable (WebRefusal) -> Void
    }

    private struct State {
        var running = 0
        var waiting: [Waiting] = []
    }

    private let width: Int
    private let waitingMax: Int
    private let patience: Duration
    private let queue: DispatchQueue
    private let state = Mutex(State())
    private let refused: Counter
    private let running: Gauge
    private let queued: Gauge

    /// - Parameters:
    ///   - name: of what the work is, as a label of the gate's metrics.
    ///   - patience: how long something may wait for its turn.
    public init(_ name: String, width: Int, waiting: Int, patience: Duration, _ instruments: Instruments) {
        self.width = width
        waitingMax = waiting
        self.patience = patience
        queue = DispatchQueue(label: "medic.web.\(name)", attributes: .concurrent)
        let labels = [("gate", name)]
        refused = instruments.counter(
            "medic_web_work_refused_total",
            help: "Work refused because too much was waiting, or because it waited too long.",
            labels: labels
        )
        running = instruments.gauge("medic_web_work_running", help: "Work that is being done.", labels: labels)
        queued = instruments.gauge("medic_web_work_waiting", help: "Work that waits for its turn.", labels: labels)
    }

    /// Does the work on a thread of its own when its turn comes.
    public func run<Value: Sendable>(
        abandonment: HTTPServer.Abandonment? = nil,
        _ work: @escaping @Sendable () -> Value
    ) async throws(WebRefusal) -> Value {
        let outcome = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<Value, WebRefusal>, Never>) in
            let waiting = Waiting(deadline: .now + patience, abandonment: abandonment) {
                continuation.resume(returning: .success(work()))
            } refuse: { refusal in
                continuation.resume(returning: .failure(refusal))
            }
            enter(waiting)
        }
        return try outcome.get()
    }

    private func enter(_ waiting: Waiting) {
        let (begins, isRefused) = state.withLock { state -> (Bool, Bool) in
            defer { show(state) }
            if state.running < width {
                state.running += 1
                return (true, false)
            }
            guard state.waiting.count < waitingMax else { return (false, true) }
            state.waiting.append(waiting)
            return (false, false)
        }
        if begins { start(waiting) }
        if isRefused {
            refused.add()
            waiting.refuse(WebRefusal(.unavailable, "too many queries are waiting, try again later"))
        }
    }

    private func start(_ waiting: Waiting) {
        queue.async {
            waiting.begin()
            self.leave()
        }
    }

    /// Lets the next one in that still wants to.
    private func leave() {
        let now = MonotonicInstant.now
        let (next, late) = state.withLock { state -> (Waiting?, [Waiting]) in
            defer { show(state) }
            var late: [Waiting] = []
            while !state.waiting.isEmpty {
                let next = state.waiting.removeFirst()
                if next.deadline > now, next.abandonment?.isAbandoned != true { return (next, late) }
                late.append(next)
            }
            state.running -= 1
            return (nil, late)
        }
        for waiting in late {
            refused.add()
            let isAbandoned = waiting.abandonment?.isAbandoned == true
            waiting.refuse(
                isAbandoned
                    ? WebRefusal(.canceled, "query was canceled in query queue")
                    : WebRefusal(.timeout, "query timed out in query queue")
            )
        }
        if let next { start(next) }
    }

    private func show(_ state: State) {
        running.set(Double(state.running))
        queued.set(Double(state.waiting.count))
    }
}
