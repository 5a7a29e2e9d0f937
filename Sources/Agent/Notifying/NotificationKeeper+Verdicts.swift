import Alerting
import EventLoop
import Metrics
import Playbooks

// An alert whose group waits for nobody is told in the turn in which it fires, and only then do the guards say whether a playbook treats it.
// So it is kept back for the moment that takes: the facts are asked for at once, and it is told as soon as they speak against a run.
extension NotificationKeeper {
    /// How long a page waits at most for the guards to make up their minds.
    static let longestVerdict = Milliseconds.seconds(5)

    /// Keeps back what has begun to fire and a run is considered for. Before the dispatcher hears of it.
    func awaitVerdicts(on began: [(labels: Labels, update: AlertUpdate)]) {
        guard !began.isEmpty, let considering = healing?.considering, !considering.isEmpty else { return }
        let until = clock() + Self.longestVerdict
        var holds: [HealingSignal] = []
        for (labels, update) in began {
            guard let run = considering[labels] else { continue }
            let fingerprint = Fingerprint(update.labels)
            // A run that has begun meanwhile says itself how long.
            guard holders[fingerprint] == nil else { continue }
            (undecided[fingerprint], holders[fingerprint]) = (labels, run.id)
            holds.append(.hold(fingerprint, run: run.id, playbook: run.playbook, until: until))
        }
        if !holds.isEmpty { carryOut(handle(.healing(holds))) }
    }

    /// The holds that are to follow for alerts from outside: healing hears of them only when they are on the disk.
    func awaitVerdicts(onOutside updates: [AlertUpdate]) -> [DispatchEffect] {
        guard let healing else { return [] }
        let now = clock()
        var holds: [HealingSignal] = []
        for update in updates where update.endsAt.map({ $0 > now }) ?? true {
            let fingerprint = Fingerprint(update.labels)
            let isKnown = dispatcher.store[fingerprint].map { !$0.isResolved(at: now) } ?? false
            guard !isKnown, holders[fingerprint] == nil, healing.wouldConsider(fromOutside: update.labels) else {
                continue
            }
            (undecided[fingerprint], holders[fingerprint]) = (update.labels, "")
            holds.append(.hold(fingerprint, run: "", playbook: "a playbook", until: now + Self.longestVerdict))
        }
        return holds.isEmpty ? [] : handle(.healing(holds))
    }

    /// Holds that were said in this turn count before the alerts they are about are told.
    func passOnHolds() {
        var holds: [HealingSignal] = []
        signals.removeAll { signal in
            guard case .hold = signal else { return false }
            holds.append(signal)
            return true
        }
        if !holds.isEmpty { carryOut(handle(.healing(holds))) }
    }

    /// The machine has taken a turn: what it decided not to treat is told.
    func considered() {
        guard !undecided.isEmpty, !looksForVerdicts else { return }
        looksForVerdicts = true
        loop.submit { [weak self] in self?.lookForVerdicts() }
    }

    private func lookForVerdicts() {
        looksForVerdicts = false
        guard isAtWork, let healing, !undecided.isEmpty else { return }
        let considering = healing.considering
        var releases: [HealingSignal] = []
        for (fingerprint, labels) in undecided where considering[labels] == nil && !isUnheard(fingerprint) {
            undecided[fingerprint] = nil
            guard let run = holders.removeValue(forKey: fingerprint) else { continue }
            releases.append(.release(fingerprint, run: run))
        }
        if !releases.isEmpty { carryOut(handle(.healing(releases))) }
    }

    /// Whether healing was not told of an alert from outside yet.
    private func isUnheard(_ fingerprint: Fingerprint) -> Bool {
        guard let alert = dispatcher.store[fingerprint], alert.origin != .own else { return false }
        return outside[fingerprint] == nil && !alert.isResolved(at: clock())
    }
}
