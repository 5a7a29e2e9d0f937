import Configuration
import Synchronization

/// What deeds must heed at the moment: what this host permits, and what must not be printed. Deeds ask here at the last moment, so that a
/// reload that takes a permission away counts at once.
final class PermitBoard: Sendable {
    private let granted = Mutex(Permits())
    private let hidden = Mutex<[String]>([])

    var current: Permits { granted.withLock { $0 } }

    var secrets: [String] { hidden.withLock { $0 } }

    func take(_ permits: Permits, secrets: [String]) {
        granted.withLock { $0 = permits }
        hidden.withLock { $0 = secrets }
    }
}
