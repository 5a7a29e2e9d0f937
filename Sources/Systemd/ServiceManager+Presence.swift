import EventLoop
import SystemBus

extension ServiceManager {
    /// How long a job waits for a systemd that is not on the bus: whoever asks with a young connection, or while systemd replaces itself, is
    /// early and not wrong.
    private static let presencePatience = Duration.seconds(3)

    /// Does the work on the bus's loop once systemd is there, or when it has not come in time.
    func whenPresent(within patience: Duration, _ work: @escaping @Sendable () -> Void) {
        precondition(bus.loop.isCurrent, "whether systemd is there is known on the bus's loop")
        if isPresent { return work() }
        let wait = PresenceWait(work)
        wait.subscription = changes { change in
            if case .managerAppeared = change { wait.end() }
        }
        wait.timer = bus.loop.after(Swift.min(patience, Self.presencePatience)) { wait.end() }
    }
}

/// Something that is done once: when systemd comes, or when it does not.
///
/// Unchecked: confined to the bus's loop.
private final class PresenceWait: @unchecked Sendable {
    var subscription: ChangeSubscription?
    var timer: TimerToken?
    private var work: (@Sendable () -> Void)?

    init(_ work: @escaping @Sendable () -> Void) {
        self.work = work
    }

    func end() {
        subscription?.cancel()
        timer?.cancel()
        let due = work
        work = nil
        due?()
    }
}
