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
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { self.ring() }
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
