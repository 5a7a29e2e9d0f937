import JSON
public import Metrics

/// A query somebody asks, in the terms of Prometheus's query API.
public struct QueryRequest: Sendable, Hashable {
    /// When to evaluate: `/api/v1/query` or `/api/v1/query_range`.
    public enum Span: Sendable, Hashable {
        case instant(Timestamp)
        case range(start: Timestamp, end: Timestamp, step: Milliseconds)
    }

    public var text: String
    public var span: Span

    public init(_ text: String, _ span: Span) {
        self.text = text
        self.span = span
    }

    /// The most points one series of an answer may have: a week at a minute's step, a year at an hour's.
    public static let pointsMax = 11_000

    /// Checks a range as the API does.
    public static func range(
        start: Timestamp,
        end: Timestamp,
        step: Milliseconds
    ) throws(QueryRefusal) -> Span {
        guard start <= end else { throw .badParameter("end", "end timestamp must not be before start time") }
        guard step > .zero else {
            let reason = "zero or negative query resolution step widths are not accepted. Try a positive integer"
            throw .badParameter("step", reason)
        }
        guard (end - start).rawValue / step.rawValue <= Int64(pointsMax) else {
            throw QueryRefusal(
                .badData,
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
            )
        }
        return .range(start: start, end: end, step: step)
    }
}

/// Times and spans as parameters of the API, which may be texts or numbers of seconds.
public enum QueryParameter {
    // The ends of time as Go's client writes them; as seconds they are out of range.
    private static let ends: [String: Timestamp] = [
        "-292273086-05-16T16:47:06Z": Timestamp(milliseconds: .min / 2),
        "292277025-08-18T07:12:54.999999999Z": Timestamp(milliseconds: .max / 2),
    ]

    /// Seconds since the epoch, or RFC 3339.
    public static func time(_ text: String) -> Timestamp? {
        if let end = ends[text] { return end }
        if let seconds = Double(text) { return time(seconds: seconds) }
        return Timestamp(rfc3339: text)
    }

    /// Rounded to the nearest millisecond.
    public static func time(seconds: Double) -> Timestamp? {
        milliseconds(seconds, .toNearestOrAwayFromZero).map(Timestamp.init(milliseconds:))
    }

    /// Seconds, or a duration such as `5m`.
    public static func step(_ text: String) -> Milliseconds? {
        if let seconds = Double(text) { return step(seconds: seconds) }
        return try? Milliseconds(promQL: text)
    }

    /// Parts of a millisecond are dropped.
    public static func step(seconds: Double) -> Milliseconds? {
        milliseconds(seconds, .towardZero).map(Milliseconds.init(_:))
    }

    private static func milliseconds(_ seconds: Double, _ rule: FloatingPointRoundingRule) -> Int64? {
        let milliseconds = (seconds * 1_000).rounded(rule)
        // So far from the ends that no sum with a window overflows.
        return milliseconds.magnitude < 0x1p62 ? Int64(milliseconds) : nil
    }

    static func time(_ value: JSONValue) -> Timestamp? {
        value.string.map(time) ?? value.double.flatMap(time(seconds:))
    }

    static func step(_ value: JSONValue) -> Milliseconds? {
        value.string.map(step) ?? value.double.flatMap(step(seconds:))
    }
}
