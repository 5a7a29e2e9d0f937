import Metrics
public import Rules
import SQLite

/// Answers questions about what was written. All answers of one reader come from one state of the database.
public struct HistoryReader {
    let database: Database
    let path: String

    /// The most elements that one answer holds.
    public static let limitMax = 5_000

    init(_ database: Database, path: String) {
        self.database = database
        self.path = path
    }

    func oneState<Value>(
        within time: Duration,
        _ body: (HistoryReader) throws(HistoryError) -> Value
    ) throws(HistoryError) -> Value {
        // Errors of the body pass through the database's transaction as they are.
        var answer: Result<Value, HistoryError>?
        try asked { () throws(SQLiteError) in
            try database.limited(to: time) { () throws(SQLiteError) in
                try database.transaction(.deferred) { () throws(SQLiteError) in
                    do throws(HistoryError) {
                        answer = .success(try body(self))
                    } catch {
                        answer = .failure(error)
                    }
                }
            }
        }
        guard let answer else { throw .closed }
        return try answer.get()
    }

    func asked<Value>(_ body: () throws(SQLiteError) -> Value) throws(HistoryError) -> Value {
        do throws(SQLiteError) { return try body() } catch { throw HistoryError(error, path: path) }
    }

    // MARK: Records

    static let recordColumns =
        "id, at, kind, name, alert, fingerprint, playbook, unit, run, began, text, payload"

    /// The records that pass the filter, the newest first.
    public func records(
        _ filter: HistoryFilter = HistoryFilter(),
        limit: Int = 100,
        after cursor: HistoryCursor? = nil
    ) throws(HistoryError) -> HistoryPage<StoredRecord> {
        var conditions = Self.conditions(filter)
        if let cursor {
            guard let id = Int64(cursor.id) else { return HistoryPage(elements: [], next: nil) }
            conditions.add("(at, id) < (?, ?)", [.integer(cursor.at), .integer(id)])
        }
        let limit = min(max(limit, 1), Self.limitMax)
        let rows = try records(conditions, "ORDER BY at DESC, id DESC", limit + 1)
        let page = Array(rows.prefix(limit))
        let isCut = rows.count > limit
        return HistoryPage(
            elements: page,
            next: isCut ? page.last.map { HistoryCursor(at: $0.record.at, id: String($0.id)) } : nil
        )
    }

    /// The records that were written after one of this number and pass the filter, in the order of writing: for following.
    public func records(
        writtenAfter id: Int64,
        _ filter: HistoryFilter = HistoryFilter(),
        limit: Int = 1_000
    ) throws(HistoryError) -> [StoredRecord] {
        var conditions = Self.conditions(filter)
        conditions.add("id > ?", .integer(id))
        return try records(conditions, "ORDER BY id", min(max(limit, 1), Self.limitMax))
    }

    /// The number of the newest record; zero when there is none.
    public func newestRecord() throws(HistoryError) -> Int64 {
        try asked { () throws(SQLiteError) in try database.integer("SELECT max(id) FROM records") ?? 0 }
    }

    private func records(
        _ conditions: Conditions,
        _ order: String,
        _ limit: Int
    ) throws(HistoryError) -> [StoredRecord] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT \(Self.recordColumns) FROM records\(conditions.text) \(order) LIMIT ?",
                conditions.values + [.integer(Int64(limit))]
            ) { StoredRecord($0) }
        }
    }

    private static func conditions(_ filter: HistoryFilter) -> Conditions {
        var conditions = Conditions()
        conditions.add(since: filter.since, until: filter.until, in: "at")
        conditions.add("alert", is: filter.alert)
        conditions.add("fingerprint", is: filter.fingerprint)
        conditions.add("playbook", is: filter.playbook)
        conditions.add("unit", is: filter.unit)
        conditions.add("run", is: filter.run)
        if !filter.kinds.isEmpty {
            let places = filter.kinds.map { _ in "?" }.joined(separator: ", ")
            conditions.add("kind IN (\(places))", filter.kinds.map { .text($0.rawValue) })
        }
        conditions.addText(filter.text, in: ["name", "text", "payload"])
        return conditions
    }

    // MARK: Alerts

    /// The alerts of every group as they were last saved. What cannot be read as alerts is left out.
    public func savedGroups() throws(HistoryError) -> [SavedGroup] {
        try asked { () throws(SQLiteError) in
            let groups = try database.rows("SELECT name, evaluated FROM alert_groups ORDER BY name") {
                ($0.text(0), $0.optionalTime(1))
            }
            var saved: [SavedGroup] = []
            for (name, evaluated) in groups {
                let rules = try database.rows(
                    "SELECT payload FROM alert_rules WHERE name = ? ORDER BY place",
                    [.text(name)]
                ) { SavedGroup(json: Payload.value($0.text(0)))?.rules.first }
                saved.append(SavedGroup(key: name, evaluatedAt: evaluated, rules: rules.compactMap { $0 }))
            }
            return saved
        }
    }
}

extension Row {
    func time(_ column: Int) -> Timestamp { Timestamp(milliseconds: integer(column)) }

    func optionalTime(_ column: Int) -> Timestamp? { optionalInteger(column).map { Timestamp(milliseconds: $0) } }
}

extension StoredRecord {
    init(_ row: borrowing Row) {
        id = row.integer(0)
        var record = HistoryRecord(
            at: row.time(1),
            kind: HistoryRecord.Kind(rawValue: row.text(2)) ?? .medic,
            name: row.text(3),
            alert: row.optionalText(4),
            fingerprint: row.optionalText(5),
            playbook: row.optionalText(6),
            unit: row.optionalText(7),
            run: row.optionalText(8),
            began: row.optionalTime(9),
            text: row.text(10)
        )
        record.payloadText = row.text(11)
        self.record = record
    }
}
