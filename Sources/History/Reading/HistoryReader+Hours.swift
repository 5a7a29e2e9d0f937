public import Metrics
import SQLite

/// How much happened in an hour.
public struct HistoryHour: Sendable, Hashable {
    /// The beginning of the hour, in UTC.
    public let start: Timestamp
    public internal(set) var fired = 0
    public internal(set) var resolved = 0
    /// Runs that were opened.
    public internal(set) var runs = 0
    public internal(set) var healed = 0
    /// Runs that ended and did not help.
    public internal(set) var failed = 0
    public internal(set) var notifications = 0
    /// What operators did.
    public internal(set) var acts = 0

    init(start: Timestamp) {
        self.start = start
    }
}

extension HistoryReader {
    private static let hour: Int64 = 3_600_000

    /// The hours in which something happened, in their order.
    public func hours(since: Timestamp, until: Timestamp) throws(HistoryError) -> [HistoryHour] {
        var hours: [Int64: HistoryHour] = [:]
        func change(_ number: Int64, _ body: (inout HistoryHour) -> Void) {
            body(&hours[number, default: HistoryHour(start: Timestamp(milliseconds: number &* Self.hour))])
        }
        let span: [SQLValue] = [.time(since), .time(until)]
        let counts = try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT at / \(Self.hour) AS hour, kind, name, count(*) FROM records WHERE at >= ? AND at < ? \
                AND kind IN ('transition', 'run', 'notification', 'act') GROUP BY hour, kind, name
                """,
                span
            ) { (hour: $0.integer(0), kind: $0.text(1), name: $0.text(2), count: Int($0.integer(3))) }
        }
        for row in counts {
            switch (row.kind, row.name) {
            case ("transition", "firing"): change(row.hour) { $0.fired += row.count }
            case ("transition", "resolved"): change(row.hour) { $0.resolved += row.count }
            case ("run", RunEntry.healed): change(row.hour) { $0.healed += row.count }
            case ("run", "unhealed"), ("run", "inconclusive"), ("run", "interrupted"):
                change(row.hour) { $0.failed += row.count }
            case ("notification", _): change(row.hour) { $0.notifications += row.count }
            case ("act", _): change(row.hour) { $0.acts += row.count }
            default: break
            }
        }
        let opened = try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT opened / \(Self.hour) AS hour, count(*) FROM runs WHERE opened >= ? AND opened < ? GROUP BY hour",
                span
            ) { (hour: $0.integer(0), count: Int($0.integer(1))) }
        }
        for row in opened { change(row.hour) { $0.runs += row.count } }
        return hours.values.sorted { $0.start < $1.start }
    }
}
