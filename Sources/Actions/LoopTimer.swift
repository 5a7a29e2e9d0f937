import EventLoop
import Synchronization

/// A timer of a loop that can be set and taken back on any thread.
final class LoopTimer: Sendable {
    private let loop: EventLoop
    private let token = Mutex<(timer: TimerToken?, isOver: Bool)>((nil, false))

    init(_ loop: EventLoop, at deadline: MonotonicInstant, _ body: @escaping @Sendable () -> Void) {
        self.loop = loop
        loop.submit { [self] in
            guard !token.withLock({ $0.isOver }) else { return }
            let timer = loop.at(deadline, body)
            token.withLock { $0.timer = timer }
        }
    }

    func cancel() {
        token.withLock { $0.isOver = true }
        loop.submit { [self] in token.withLock { $0.timer }?.cancel() }
    }
}
