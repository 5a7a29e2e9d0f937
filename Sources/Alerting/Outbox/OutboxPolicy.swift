public import Metrics

/// How hard a receiver is tried.
public struct OutboxPolicy: Hashable, Sendable {
    /// How many notifications are on their way to it at once.
    public var concurrency = 4
    /// How many may be sent in a minute; nil for any number.
    public var perMinute: Int?
    /// The first wait after a failure; doubled each time.
    public var backoff = Milliseconds(500)
    /// The longest wait, but for what a receiver asks for itself.
    public var backoffLimit = Milliseconds.minutes(1)
    /// The longest that a receiver's `Retry-After` is heeded.
    public var retryAfterLimit = Milliseconds.hours(1)
    /// When a notification that was never taken is given up, and the fallback is told.
    public var giveUpAfter = Milliseconds.minutes(30)
    /// So many failures in a row open the breaker: the receiver is left alone for a while.
    public var breakerFailures = 5
    /// How long it is left alone; doubled each time, up to ten minutes.
    public var breakerRest = Milliseconds.seconds(15)
    public var breakerRestLimit = Milliseconds.minutes(10)

    public init() {}

    /// The wait before the next try, a little different for each notification so that they do not all come at once.
    func wait(afterAttempts attempts: Int, jitter: UInt64) -> Milliseconds {
        let doublings = min(max(attempts - 1, 0), 30)
        let wait = min(backoffLimit.rawValue, backoff.rawValue << doublings)
        return Milliseconds(wait + Int64(jitter % 1000) * wait / 1000)
    }
}

/// How a try went.
public enum SendResult: Hashable, Sendable {
    case taken
    /// Worth another try, no sooner than the receiver asked for.
    case failed(String, retryAfter: Milliseconds?)
    /// Not worth another try: the receiver will never take this.
    case refused(String)
}
