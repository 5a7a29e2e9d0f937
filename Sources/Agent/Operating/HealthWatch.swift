import EventLoop
import Synchronization
import Web

/// Looks at the agent's health while somebody listens, and tells them when it changes.
final class HealthWatch: Sendable {
    private static let interval = Duration.seconds(15)

    private let loop: EventLoop
    private let events: EventHub
    private let look: @Sendable () async -> HealthReport
    private let last = Mutex<[String]>([])

    init(on loop: EventLoop, events: EventHub, _ look: @escaping @Sendable () async -> HealthReport) {
        self.loop = loop
        self.events = events
        self.look = look
    }

    func start() {
        loop.submit { [self] in turn() }
    }

    private func turn() {
        loop.after(Self.interval) { [weak self] in
            guard let self else { return }
            if events.hasListeners { Task { await self.tell() } }
            turn()
        }
    }

    private func tell() async {
        let report = await look()
        let conditions = report.checks.map { "\($0.name) \($0.condition.rawValue)" }
        let isNews = last.withLock { last in
            defer { last = conditions }
            return last != conditions
        }
        if isNews { events.publish(.health) { HealthTree.tree(report) } }
    }
}
