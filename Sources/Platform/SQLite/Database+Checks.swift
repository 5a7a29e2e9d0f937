internal import CSQLite

extension Database {
    /// How thoroughly to look for damage.
    public enum Check: String, Sendable {
        /// The structure of the pages; indexes are not compared with their tables. Reads the whole file.
        case quick = "PRAGMA quick_check(10)"
        case full = "PRAGMA integrity_check(10)"
    }

    public enum Soundness: Hashable, Sendable {
        case sound
        /// What SQLite found, at most ten sentences.
        case damaged([String])
        /// The time allowed was over before the end; nothing was found so far.
        case unknown
    }

    /// Looks for damage, for no longer than allowed.
    public func check(_ check: Check, within allowed: Duration) throws(SQLiteError) -> Soundness {
        do throws(SQLiteError) {
            let findings = try limited(to: allowed) { () throws(SQLiteError) in
                try rows(check.rawValue) { $0.text(0) }
            }
            return findings == ["ok"] ? .sound : .damaged(findings)
        } catch {
            switch error.code {
            case .interrupted: return .unknown
            case .corrupt, .notADatabase: return .damaged([error.message])
            default: throw error
            }
        }
    }

    /// Runs the body; a statement that is still at work when the time is over throws `interrupted`.
    public func limited<Value>(
        to allowed: Duration,
        _ body: () throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        let handle = unsafe try handle()
        let deadline = Deadline(at: .now + allowed)
        // SQLite asks now and then while a statement works; the object outlives the body, and the handler goes with it.
        let context = unsafe Unmanaged.passUnretained(deadline).toOpaque()
        unsafe sqlite3_progress_handler(
            handle,
            1_000,
            { context in
                guard let context = unsafe context else { return 0 }
                let deadline = unsafe Unmanaged<Deadline>.fromOpaque(context).takeUnretainedValue()
                return ContinuousClock.now < deadline.moment ? 0 : 1
            },
            context
        )
        defer {
            unsafe sqlite3_progress_handler(handle, 0, nil, nil)
            withExtendedLifetime(deadline) {}
        }
        return try body()
    }
}

private final class Deadline {
    let moment: ContinuousClock.Instant

    init(at moment: ContinuousClock.Instant) {
        self.moment = moment
    }
}
