import Configuration
import EventLoop
import Logging
import Metrics
import Storage
import Synchronization
import Testing

@testable import Collectors

/// Looks at servers that take their time.
@Suite struct `A look at a server` {
    /// A look that lasts until it may end, as those after it may at once.
    private final class Held: Sendable {
        private let state = Mutex<(isOver: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

        func report() async -> ServerReport {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if !state.isOver { state.waiting.append(continuation) }
                    return state.isOver
                }
                if isOver { continuation.resume() }
            }
            return ServerReport(readings: [ServerReading("redis_answer", [], 42)])
        }

        func end() {
            let all = state.withLock { state in
                defer { state = (true, []) }
                return state.waiting
            }
            for continuation in all { continuation.resume() }
        }
    }

    private func run(
        timeout: Milliseconds,
        _ body: (EventLoop, SampleStore, ServerCollector, Held) async throws -> Void
    ) async throws {
        let (store, held) = (SampleStore(), Held())
        let loop = try EventLoop(named: "slow-look-test")
        loop.start()
        let collector = try ServerCollector(
            .redis,
            name: "slow",
            basics: CollectorBasics(interval: Milliseconds(20)),
            timeout: timeout,
            labels: [:],
            loop: loop,
            store: store,
            log: Logger(.discarding(), component: "test"),
            landed: { _, _ in Bell.landed.ring() },
            look: { _ in await held.report() }
        )
        collector.start()
        try await body(loop, store, collector, held)
        collector.stop()
        held.end()
        loop.stop()
    }

    /// Waits until the loop has done what it had to do within the time.
    private func pass(_ time: Duration, on loop: EventLoop) async {
        await withCheckedContinuation { continuation in
            loop.submit { loop.after(time) { continuation.resume() } }
        }
    }

    @Test func `that outlasts the interval, and not its own time, says nothing until it has ended`() async throws {
        try await run(timeout: .minutes(2)) { loop, store, collector, held in
            await pass(.milliseconds(300), on: loop)
            #expect(collector.condition == nil && store.value("redis_up") == nil)
            held.end()
            await Bell.wait { collector.condition != nil }
            #expect(collector.condition?.level == .healthy && store.value("redis_answer") == 42)
            #expect((collector.condition?.latency ?? .zero) >= .milliseconds(300))
        }
    }

    @Test func `that outlasts its own time too is a failure while it lasts`() async throws {
        try await run(timeout: Milliseconds(10)) { _, store, collector, held in
            await Bell.wait { store.value("redis_up") == 0 }
            #expect(collector.condition?.level == .unhealthy)
            #expect(collector.condition?.message == "the look before has not ended")
            held.end()
            await Bell.wait { store.value("redis_up") == 1 }
            #expect(store.value("redis_answer") == 42)
        }
    }
}
