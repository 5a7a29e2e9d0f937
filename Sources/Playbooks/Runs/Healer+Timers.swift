public import Metrics

// Everything that happens because time passes.
extension Healer {
    /// When the machine wants to be woken, on the monotonic clock; nil: nothing waits for time.
    public var nextWake: Milliseconds? {
        var next: Milliseconds?
        func take(_ time: Milliseconds?) {
            guard let time else { return }
            next = next.map { Swift.min($0, time) } ?? time
        }
        for companion in live.values { take(companion.deadline) }
        for state in alerts.values { take(state.retryAt) }
        for hold in holds.values { take(hold.until) }
        take(probeAt)
        if memory.storm != nil { take(now.monotonic + Storm.calm(memory.attempts, settings.storm, at: now)) }
        if let stop = memory.killSwitch, let span = stop.duration { take(now.monotonic + span - stop.at.age(at: now)) }
        for course in memory.courses.values {
            guard let since = course.watchedSince else { continue }
            take(now.monotonic + course.terms.minHealthy - since.age(at: now))
        }
        return next
    }

    /// Each thing is looked at once: what becomes due by another's doing is due at the next wake.
    mutating func runTimers() {
        if let stop = memory.killSwitch, stop.isOver(at: now) { commit(.killSwitch(nil)) }
        calmDown()
        proveHeals()
        forgetOldAftercare()
        probe()
        let due = live.filter { $0.value.deadline.map { $0 <= now.monotonic } ?? false }.keys
        for id in due.sorted(by: { (Int64($0) ?? 0) < (Int64($1) ?? 0) }) {
            guard let deadline = live[id]?.deadline, deadline <= now.monotonic else { continue }
            timedOut(id)
        }
        for (labels, hold) in holds.sorted(by: { $0.key < $1.key }) where hold.until <= now.monotonic {
            release(labels)
        }
        let again = alerts.filter { $0.value.retryAt.map { $0 <= now.monotonic } ?? false }.keys.sorted()
        for labels in again { consider(labels) }
    }

    /// Writes something that changes nothing, to learn whether the history can be written again.
    private mutating func probe() {
        guard let at = probeAt, at <= now.monotonic else { return }
        probeAt = now.monotonic + .seconds(30)
        commit(.killSwitch(memory.killSwitch), .synced)
    }
}
