import Answers
import Glibc
import Metrics
import PromQL

/// Times as people write them on a command line.
enum MomentArgument {
    static let help = """
        Times are RFC 3339 (2026-03-01T12:00:00Z), seconds since the epoch (1772366400.5), 'now', or relative to now, \
        or to a file's newest sample (-1h or 1h: an hour before it).
        """

    /// Reads a time; what is relative counts from `base`.
    static func parse(_ text: String, of flag: Flag, from base: Timestamp, for command: Command) throws(UsageError)
        -> Timestamp
    {
        if text == "now" { return WallClock.now() }
        if let time = QueryParameter.time(text) { return time }
        let hasSign = text.hasPrefix("-") || text.hasPrefix("+")
        // A bare number is a moment and no span, so a span without a sign has a unit.
        if let span = try? Milliseconds(promQL: hasSign ? String(text.dropFirst()) : text) {
            return text.hasPrefix("+") ? base + span : base - span
        }
        let examples = "2026-03-01T12:00:00Z, 1772366400, -1h or now"
        throw UsageError("--\(flag.name): '\(text)' is no time; write one like \(examples)", for: command)
    }

    static func step(_ text: String, of flag: Flag, for command: Command) throws(UsageError) -> Milliseconds {
        guard let step = QueryParameter.step(text) else {
            throw UsageError("--\(flag.name): '\(text)' is no duration; write one like 15s, 5m or 30", for: command)
        }
        guard step > .zero else { throw UsageError("--\(flag.name) must be longer than zero", for: command) }
        return step
    }
}

/// The time of day.
enum WallClock {
    static func now() -> Timestamp {
        var time = timespec()
        // The clock fills in the structure; it cannot fail for this clock.
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// How long a query may take.
enum TimeLimit {
    /// As long as Prometheus lets one run.
    private static let usual = Milliseconds.minutes(2)

    /// What `--timeout` says, as a question that a running query asks.
    static func of(_ invocation: Invocation) throws(UsageError) -> () -> (() -> Interruption?)? {
        var span = usual
        if let text = invocation.value(of: QueryCommand.timeout) {
            span = try MomentArgument.step(text, of: QueryCommand.timeout, for: invocation.command)
        }
        let duration = Duration.milliseconds(span.rawValue)
        return {
            let deadline = ContinuousClock.now + duration
            return { ContinuousClock.now < deadline ? nil : .timedOut }
        }
    }
}
