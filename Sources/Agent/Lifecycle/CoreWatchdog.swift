import EventLoop
import Readiness

/// systemd's watchdog is fed by the core itself: a core that decides nothing any more is not alive, whatever its other threads do.
enum CoreWatchdog {
    static func feed(_ notifier: ServiceNotifier, from core: EventLoop) {
        guard let interval = notifier.watchdogMicroseconds else { return }
        @Sendable func feed() {
            notifier.alive()
            core.after(.microseconds(interval / 3)) { feed() }
        }
        core.submit { feed() }
    }
}
