import EventLoop
import Synchronization
import SystemBus
import Systemd

/// Watches a unit for a while by what systemd tells, and ends early when the unit leaves the state that it should stay in.
final class SettleWatch: Sendable {
    private let stays: @Sendable (ActiveState) -> Bool
    private let left = Mutex<ActiveState?>(nil)
    private let pause = Pause()

    private init(stays: @escaping @Sendable (ActiveState) -> Bool) {
        self.stays = stays
    }

    /// The state that it went to, or nil when it stayed.
    static func watch(
        _ unit: String,
        for span: Duration,
        _ order: Order,
        stays: @escaping @Sendable (ActiveState) -> Bool
    ) async throws -> ActiveState? {
        let manager = try order.manager()
        let loop = manager.bus.loop
        let watch = SettleWatch(stays: stays)
        let subscription = await loop.perform { manager.changes { watch.hear($0, about: unit) } }
        defer { subscription.cancel() }
        let timer = LoopTimer(loop, at: .now + span) { watch.pause.end() }
        defer { timer.cancel() }
        // What was told before anybody listened.
        let now = try await manager.state(of: unit).active
        if !stays(now) { return now }
        await watch.pause.wait()
        try Task.checkCancellation()
        return watch.left.withLock { $0 }
    }

    private func hear(_ change: UnitChange, about unit: String) {
        guard case .properties(let update) = change, update.unit == unit, let active = update.active, !stays(active)
        else { return }
        left.withLock { $0 = $0 ?? active }
        pause.end()
    }
}
