import Configuration
import Synchronization

/// What this host permits at the moment. Deeds ask here at the last moment, so that a reload that takes a permission away counts at once.
final class PermitBoard: Sendable {
    private let granted = Mutex(Permits())

    var current: Permits { granted.withLock { $0 } }

    func take(_ permits: Permits) {
        granted.withLock { $0 = permits }
    }
}
