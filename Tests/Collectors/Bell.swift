import Dispatch
import EventLoop
import Synchronization
import Testing

/// Rung by the collectors of these tests whenever samples of theirs have landed, so that nobody has to look again and again.
final class Bell: Sendable {
    /// One for all: whoever is woken by the samples of another test looks once more.
    static let landed = Bell()

    private struct State {
        var strokes = 0
        var listeners: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private static let pause = DispatchTimeInterval.milliseconds(100)

    func ring() {
        let listeners = state.withLock { state in
            state.strokes += 1
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.resume() }
    }

    /// Waits until it holds; false when it does not within the time.
    func waits(_ seconds: Double, until holds: () -> Bool) async -> Bool {
        let deadline = MonotonicInstant.now + .seconds(seconds)
        // That series end is told by no row: for that, and for the deadline, the bell rings by itself now and then.
        let clockwork = DispatchSource.makeTimerSource()
        clockwork.schedule(deadline: .now() + Self.pause, repeating: Self.pause)
        clockwork.setEventHandler { self.ring() }
        clockwork.activate()
        defer { clockwork.cancel() }
        while true {
            let heard = state.withLock { $0.strokes }
            if holds() { return true }
            if MonotonicInstant.now >= deadline { return false }
            await stroke(after: heard)
        }
    }

    private func stroke(after heard: Int) async {
        await withCheckedContinuation { continuation in
            let hasRung = state.withLock { state in
                if state.strokes == heard { state.listeners.append(continuation) }
                return state.strokes != heard
            }
            if hasRung { continuation.resume() }
        }
    }

    /// Expects that it holds before long.
    static func wait(until holds: () -> Bool, at place: SourceLocation = #_sourceLocation) async {
        #expect(await landed.waits(30, until: holds), sourceLocation: place)
    }
}
