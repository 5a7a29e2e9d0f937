import EventLoop
public import Playbooks
import Synchronization
import Systemd

/// Looks at units just before deeds, while the intents of those deeds are being written, so that the deeds need not ask.
///
/// It only looks. What was not looked at in time, a deed asks for itself.
public final class Foresight: Sendable {
    private let looks = Mutex<[ActionKey: UnitLook]>([:])

    /// What was seen longer ago is no state before a deed.
    private static let ageMax = Duration.seconds(1)
    /// More deeds than begin within that time; for those over the limit nobody looks ahead.
    private static let looksMax = 64

    public init() {}

    /// Looks at the unit that the deed is about, if it is one of systemd's jobs.
    public func look(ahead key: ActionKey, _ action: String, _ arguments: ActionArguments, _ tools: ActionTools) {
        guard let manager = tools.manager, let unit = arguments.text("unit"), Deeds.named(action) is UnitJob else {
            return
        }
        looks.withLock { looks in
            if looks.count >= Self.looksMax { looks = looks.filter { !Self.isOld($0.value) } }
            if looks.count < Self.looksMax { looks[key] = manager.look(at: unit) }
        }
    }

    /// What was seen before this deed. Only once.
    func take(_ key: ActionKey) -> UnitLook? {
        looks.withLock { $0.removeValue(forKey: key) }.flatMap { Self.isOld($0) ? nil : $0 }
    }

    private static func isOld(_ look: UnitLook) -> Bool { .now - look.begun > ageMax }
}
