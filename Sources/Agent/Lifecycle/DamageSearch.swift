import Dispatch
import History
import Logging
import Metrics
import Synchronization

/// Looks for damage in the history while the agent works, on a thread of its own: once soon after the start, then every day.
final class DamageSearch: Sendable {
    /// What is known.
    enum Finding: Sendable, Hashable {
        case notLookedYet
        case sound(at: Timestamp)
        case damaged([String], at: Timestamp)
        /// It could not be looked at.
        case failed(String, at: Timestamp)
    }

    // The start has enough to do with itself.
    private static let firstDelay = DispatchTimeInterval.seconds(60)
    private static let interval = DispatchTimeInterval.seconds(86_400)

    private let history: HistoryStore
    private let log: Logger
    private let queue = DispatchQueue(label: "medic.damage", qos: .background)
    private let finding = Mutex(Finding.notLookedYet)
    private let isStopped = Atomic<Bool>(false)

    init(_ history: HistoryStore, log: Logger) {
        self.history = history
        self.log = log
    }

    var current: Finding { finding.withLock { $0 } }

    func start() {
        guard !history.isInMemory else { return }
        lookLater(Self.firstDelay)
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func lookLater(_ delay: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + delay) { [weak self] in
            guard let self, !isStopped.load(ordering: .relaxed) else { return }
            look()
            lookLater(Self.interval)
        }
    }

    /// Looks now. Blocks.
    func look() {
        let now = Ground.clock()
        let found: Finding
        do throws(HistoryError) {
            let damages = try history.findDamage()
            found = damages.isEmpty ? .sound(at: now) : .damaged(damages, at: now)
        } catch {
            log.warning("the history could not be searched for damage", ["error": "\(error)"])
            found = .failed("\(error)", at: now)
        }
        finding.withLock { $0 = found }
    }
}
