import Metrics

/// The queue of one integration.
struct Lane: Sendable {
    var policy: OutboxPolicy
    /// Those that were never tried, in the order in which they came. A slice, since taking its first is cheap however many there are.
    private var fresh: ArraySlice<Outbox.Entry> = []
    /// Those that are to be tried again.
    private var again: [Outbox.Entry] = []
    private(set) var inFlight: [String: Outbox.Entry] = [:]
    var tally = Outbox.Tally()
    /// Whose turn it is in a group, from its first try until it has arrived or was given up: what the group has to say next waits, lest it
    /// arrive first.
    private var turns: [String: String] = [:]
    var withdrawn: Set<String> = []
    var failuresInRow = 0
    /// While the breaker is open; then one try decides.
    var restsUntil = Timestamp(milliseconds: .min)
    var lastTrouble = ""
    /// The configuration has no such receiver any more.
    var isGone = false
    private var openings = 0
    /// When the last notifications were sent, for the rate limit.
    private var starts: [Timestamp] = []

    init(policy: OutboxPolicy) {
        self.policy = policy
    }

    private var isOpen: Bool { failuresInRow >= policy.breakerFailures }

    /// How many wait.
    var count: Int { fresh.count + again.count }

    /// Whether nothing waits and nothing is on its way.
    var isEmpty: Bool { fresh.isEmpty && again.isEmpty && inFlight.isEmpty }

    mutating func append(_ entry: Outbox.Entry) {
        guard entry.attempts > 0 else {
            fresh.append(entry)
            return
        }
        again.append(entry)
        takeTurn(entry)
    }

    mutating func remove(_ id: String) {
        fresh.removeAll { $0.id == id }
        for entry in again where entry.id == id { endTurn(entry) }
        again.removeAll { $0.id == id }
    }

    mutating func dropOldest() -> Outbox.Entry? {
        guard let first = again.first else { return fresh.popFirst() }
        endTurn(first)
        return again.removeFirst()
    }

    /// Takes out all that wait.
    mutating func removeWaiting() -> [Outbox.Entry] {
        let waiting = again + fresh
        for entry in again { endTurn(entry) }
        (fresh, again) = ([], [])
        return waiting
    }

    private mutating func takeTurn(_ entry: Outbox.Entry) {
        if !entry.group.isEmpty, turns[entry.group] == nil { turns[entry.group] = entry.id }
    }

    private mutating func endTurn(_ entry: Outbox.Entry) {
        if turns[entry.group] == entry.id { turns[entry.group] = nil }
    }

    private func hasTurn(_ entry: Outbox.Entry) -> Bool {
        guard let first = turns[entry.group] else { return true }
        return first == entry.id
    }

    private func isDue(_ entry: Outbox.Entry, at now: Timestamp) -> Bool { entry.notBefore <= now && hasTurn(entry) }

    private mutating func takeDue(at now: Timestamp) -> Outbox.Entry? {
        if let index = again.firstIndex(where: { isDue($0, at: now) }) { return again.remove(at: index) }
        guard let first = fresh.first else { return nil }
        if isDue(first, at: now) { return fresh.removeFirst() }
        guard let index = fresh.firstIndex(where: { isDue($0, at: now) }) else { return nil }
        return fresh.remove(at: index)
    }

    mutating func start(at now: Timestamp) -> Outbox.Entry? {
        guard inFlight.count < max(1, policy.concurrency), now >= restsUntil, !(isOpen && !inFlight.isEmpty),
            rateOpens(after: now) <= now, let entry = takeDue(at: now)
        else { return nil }
        inFlight[entry.id] = entry
        takeTurn(entry)
        if policy.perMinute != nil { starts.append(now) }
        return entry
    }

    func nextStart(after now: Timestamp) -> Timestamp? {
        guard inFlight.count < max(1, policy.concurrency), !(isOpen && !inFlight.isEmpty),
            let first = earliest
        else { return nil }
        return max(first, restsUntil, rateOpens(after: now))
    }

    /// When the first may be tried that does not wait for its group. Those never tried came in the order of their times.
    private var earliest: Timestamp? {
        let retried = again.lazy.filter { hasTurn($0) }.map(\.notBefore).min()
        let untried = fresh.first { hasTurn($0) }?.notBefore
        return [retried, untried].compactMap { $0 }.min()
    }

    /// When the rate limit lets the next one through.
    private func rateOpens(after now: Timestamp) -> Timestamp {
        guard let limit = policy.perMinute, limit > 0 else { return now }
        let recent = starts.filter { $0 + .minutes(1) > now }
        return recent.count < limit ? now : recent[recent.count - limit] + .minutes(1)
    }

    mutating func finish(_ id: String, _ result: SendResult, at now: Timestamp) -> Outbox.Verdict? {
        guard var entry = inFlight.removeValue(forKey: id) else { return nil }
        var isToBeTriedAgain = false
        defer { if !isToBeTriedAgain { endTurn(entry) } }
        starts.removeAll { $0 + .minutes(1) <= now }
        let isWithdrawn = withdrawn.remove(id) != nil
        switch result {
        case .taken:
            (failuresInRow, openings) = (0, 0)
            restsUntil = Timestamp(milliseconds: .min)
            tally.sent += 1
            return .told
        case .refused(let reason):
            // It answered: it is not dead, it only does not want this.
            failuresInRow = 0
            lastTrouble = reason
            tally.givenUp += 1
            return .failed(reason)
        case .failed(let reason, let retryAfter):
            lastTrouble = reason
            noteFailure(at: now)
            if isWithdrawn { return .withdrawn }
            entry.attempts += 1
            entry.trouble = reason
            let asked = min(retryAfter ?? .zero, policy.retryAfterLimit)
            let wait = policy.wait(afterAttempts: entry.attempts, jitter: Fingerprint(["id": id]).rawValue)
            entry.notBefore = now + max(asked, wait)
            tally.failedTries += 1
            guard now - entry.queuedAt < policy.giveUpAfter else {
                tally.givenUp += 1
                return .failed("given up after \(entry.attempts) tries: \(reason)")
            }
            again.append(entry)
            isToBeTriedAgain = true
            return .again(entry)
        }
    }

    private mutating func noteFailure(at now: Timestamp) {
        failuresInRow += 1
        guard isOpen else { return }
        let doublings = min(openings, 20)
        let rest = min(policy.breakerRestLimit.rawValue, policy.breakerRest.rawValue << doublings)
        openings += 1
        restsUntil = now + Milliseconds(rest)
    }
}
