import Configuration
import Playbooks
import Synchronization

/// What deeds must heed at the moment: what this host permits, and what must not be printed. Deeds ask here at the last moment, so that a
/// reload that takes a permission away counts at once.
final class PermitBoard: Sendable {
    private let granted = Mutex(Permits())
    private let hidden = Mutex<[String]>([])
    private let settings = Mutex(HealingSettings())

    var current: Permits { granted.withLock { $0 } }

    var secrets: [String] { hidden.withLock { $0 } }

    func isProtected(_ unit: String) -> Bool { settings.withLock { $0.isProtected(unit) } }

    func take(_ permits: Permits, secrets: [String], protectedUnits: HealingSettings) {
        settings.withLock { $0 = protectedUnits }
        granted.withLock { $0 = permits }
        hidden.withLock { $0 = secrets }
    }
}
