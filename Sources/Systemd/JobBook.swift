internal import EventLoop

/// The jobs that somebody waits for.
///
/// systemd tells the end of a job to all, and the name of a job to who asked for it. Either may come first.
struct JobBook {
    typealias Ending = @Sendable (Result<JobOutcome, SystemdError>) -> Void

    struct Waiter {
        let unit: String
        let began: MonotonicInstant
        let timer: TimerToken
        let ending: Ending
        /// Unknown until systemd has answered.
        var path: String?
    }

    /// Ends that nobody waits for yet: kept while calls are without answer.
    private static let earlyMax = 4_096

    private(set) var waiters: [UInt64: Waiter] = [:]
    private var waitersOfPath: [String: [UInt64]] = [:]
    private var early: [String: (UInt32, String, JobResult)] = [:]
    private var unanswered = 0
    private var lastIdentifier: UInt64 = 0

    /// The paths of jobs that are waited for.
    var paths: [String] { waitersOfPath.keys.sorted() }

    mutating func nextIdentifier() -> UInt64 {
        lastIdentifier += 1
        return lastIdentifier
    }

    mutating func begin(_ identifier: UInt64, _ waiter: Waiter) {
        waiters[identifier] = waiter
        unanswered += 1
    }

    /// systemd has answered the call. Returns what is to be done when the job has ended already.
    mutating func answered(_ identifier: UInt64, path: String?) -> [@Sendable () -> Void] {
        unanswered -= 1
        defer { if unanswered == 0 { early = [:] } }
        guard let path, waiters[identifier] != nil else { return [] }
        waiters[identifier]?.path = path
        waitersOfPath[path, default: []].append(identifier)
        guard let (job, unit, result) = early[path] else { return [] }
        return removed(path, job, unit, result)
    }

    /// A job has ended. Returns what is to be done for those who waited.
    mutating func removed(_ path: String, _ job: UInt32, _ unit: String, _ result: JobResult) -> [@Sendable () -> Void]
    {
        guard let identifiers = waitersOfPath[path] else {
            if unanswered > 0, early.count < Self.earlyMax { early[path] = (job, unit, result) }
            return []
        }
        return identifiers.compactMap { identifier in
            guard let waiter = take(identifier) else { return nil }
            let outcome = JobOutcome(
                job: job,
                unit: unit,
                result: result,
                duration: MonotonicInstant.now - waiter.began
            )
            return { waiter.ending(.success(outcome)) }
        }
    }

    /// Forgets who waits; the timer is taken back.
    mutating func take(_ identifier: UInt64) -> Waiter? {
        guard let waiter = waiters.removeValue(forKey: identifier) else { return nil }
        waiter.timer.cancel()
        if let path = waiter.path {
            waitersOfPath[path]?.removeAll { $0 == identifier }
            if waitersOfPath[path]?.isEmpty == true { waitersOfPath[path] = nil }
        }
        return waiter
    }

    /// Who waits for the job at the path.
    func waiting(at path: String) -> [UInt64] { waitersOfPath[path] ?? [] }
}
