import Metrics

/// The queue of one integration.
struct Lane: Sendable {
    var policy: OutboxPolicy
    var queue: [Outbox.Entry] = []
    var inFlight: [String: Outbox.Entry] = [:]
    var withdrawn: Set<String> = []
    var failuresInRow = 0
    /// While the breaker is open; then one try decides.
    var restsUntil = Timestamp(milliseconds: .min)
    var lastTrouble = ""
    private var openings = 0
    /// When the last notifications were sent, for the rate limit.
    private var starts: [Timestamp] = []

    init(policy: OutboxPolicy) {
        self.policy = policy
    }

    private var isOpen: Bool { failuresInRow >= policy.breakerFailures }

    mutating func dropOldest() -> Outbox.Entry? { queue.isEmpty ? nil : queue.removeFirst() }

    mutating func start(at now: Timestamp) -> Outbox.Entry? {
        guard inFlight.count < max(1, policy.concurrency), now >= restsUntil, !(isOpen && !inFlight.isEmpty),
            rateOpens(after: now) <= now,
            let index = queue.firstIndex(where: { $0.notBefore <= now })
        else { return nil }
        let entry = queue.remove(at: index)
        inFlight[entry.id] = entry
        if policy.perMinute != nil { starts.append(now) }
        return entry
    }

    func nextStart(after now: Timestamp) -> Timestamp? {
        guard inFlight.count < max(1, policy.concurrency), !(isOpen && !inFlight.isEmpty),
            let first = queue.map(\.notBefore).min()
        else { return nil }
        return max(first, restsUntil, rateOpens(after: now))
    }

    /// When the rate limit lets the next one through.
    private func rateOpens(after now: Timestamp) -> Timestamp {
        guard let limit = policy.perMinute, limit > 0 else { return now }
        let recent = starts.filter { $0 + .minutes(1) > now }
        return recent.count < limit ? now : recent[recent.count - limit] + .minutes(1)
    }

    mutating func finish(_ id: String, _ result: SendResult, at now: Timestamp) -> Outbox.Verdict? {
        guard var entry = inFlight.removeValue(forKey: id) else { return nil }
        starts.removeAll { $0 + .minutes(1) <= now }
        let isWithdrawn = withdrawn.remove(id) != nil
        switch result {
        case .taken:
            (failuresInRow, openings) = (0, 0)
            restsUntil = Timestamp(milliseconds: .min)
            return .told
        case .refused(let reason):
            // It answered: it is not dead, it only does not want this.
            failuresInRow = 0
            lastTrouble = reason
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
            guard now - entry.queuedAt < policy.giveUpAfter else {
                return .failed("given up after \(entry.attempts) tries: \(reason)")
            }
            queue.append(entry)
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
