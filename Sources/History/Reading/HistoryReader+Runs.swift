import Metrics
import SQLite

extension HistoryReader {
    /// Which runs are wanted.
    public enum RunState: Sendable, Hashable {
        case open
        case ended
        /// With this very state: `healed`, `unhealed`, ...
        case named(String)
    }

    private static let runColumns =
        "id, playbook, subject, alert, fingerprint, unit, state, opened, ended, text, payload"

    /// The runs that pass the filter, the newest first. The filter's kinds are of no meaning here.
    public func runs(
        _ filter: HistoryFilter = HistoryFilter(),
        _ state: RunState? = nil,
        limit: Int = 100,
        after cursor: HistoryCursor? = nil
    ) throws(HistoryError) -> HistoryPage<RunEntry> {
        var conditions = Conditions()
        conditions.add(since: filter.since, until: filter.until, in: "opened")
        conditions.add("alert", is: filter.alert)
        conditions.add("fingerprint", is: filter.fingerprint)
        conditions.add("playbook", is: filter.playbook)
        conditions.add("unit", is: filter.unit)
        conditions.add("id", is: filter.run)
        conditions.addText(filter.text, in: ["subject", "text", "payload"])
        switch state {
        case nil: break
        case .open: conditions.add("ended IS NULL", [])
        case .ended: conditions.add("ended IS NOT NULL", [])
        case .named(let name): conditions.add("state = ?", .text(name))
        }
        if let cursor { conditions.add("(opened, id) < (?, ?)", [.integer(cursor.at), .text(cursor.id)]) }
        let limit = min(max(limit, 1), Self.limitMax)
        let rows = try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT \(Self.runColumns) FROM runs\(conditions.text) ORDER BY opened DESC, id DESC LIMIT ?",
                conditions.values + [.integer(Int64(limit + 1))]
            ) { RunEntry($0) }
        }
        let page = Array(rows.prefix(limit))
        let isCut = rows.count > limit
        return HistoryPage(
            elements: page,
            next: isCut ? page.last.map { HistoryCursor(at: $0.opened, id: $0.id) } : nil
        )
    }

    /// Every run that has not ended, the oldest first: what must be taken up after a restart.
    public func openRuns() throws(HistoryError) -> [RunEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT \(Self.runColumns) FROM runs WHERE ended IS NULL ORDER BY opened, id"
            ) { RunEntry($0) }
        }
    }

    public func run(_ id: String) throws(HistoryError) -> RunEntry? {
        try asked { () throws(SQLiteError) in
            try database.first("SELECT \(Self.runColumns) FROM runs WHERE id = ?", [.text(id)]) { RunEntry($0) }
        }
    }

    /// The runs whose number begins with the text, at most ten: people write the beginning.
    public func runs(beginning prefix: String) throws(HistoryError) -> [RunEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT \(Self.runColumns) FROM runs WHERE substr(id, 1, length(?)) = ? ORDER BY opened DESC LIMIT 10",
                [.text(prefix), .text(prefix)]
            ) { RunEntry($0) }
        }
    }

    /// The tries of a run's steps in their order.
    public func steps(of run: String) throws(HistoryError) -> [StepEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT run, step, attempt, action, intended, intent, finished, result, outcome \
                FROM steps WHERE run = ? ORDER BY step, attempt
                """,
                [.text(run)]
            ) { StepEntry($0) }
        }
    }
}

extension RunEntry {
    init(_ row: borrowing Row) {
        self.init(
            id: row.text(0),
            playbook: row.text(1),
            subject: row.text(2),
            alert: row.optionalText(3),
            fingerprint: row.optionalText(4),
            unit: row.optionalText(5),
            state: row.text(6),
            opened: row.time(7),
            ended: row.optionalTime(8),
            text: row.text(9)
        )
        payloadText = row.text(10)
    }
}

extension StepEntry {
    init(_ row: borrowing Row) {
        run = row.text(0)
        step = Int(row.integer(1))
        attempt = Int(row.integer(2))
        action = row.text(3)
        intended = row.time(4)
        intentText = row.text(5)
        finished = row.optionalTime(6)
        result = row.optionalText(7)
        outcomeText = row.text(8)
    }
}
