import JSON
public import Metrics
import SQLite

// What the deciding rooms must know after a restart.
extension HistoryReader {
    /// Notifications that no receiver has said yes to, in the order in which they are due.
    public func pendingOutbox(limit: Int = limitMax) throws(HistoryError) -> [OutboxEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT id, receiver, key, body, created, due, attempts, state, trouble FROM outbox \
                WHERE state = 'pending' ORDER BY due, id LIMIT ?
                """,
                [.integer(Int64(limit))]
            ) { OutboxEntry($0) }
        }
    }

    public func silences() throws(HistoryError) -> [SilenceEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows("SELECT id, starts, ends, updated, payload FROM silences ORDER BY id") { row in
                var entry = SilenceEntry(
                    id: row.text(0),
                    starts: row.time(1),
                    ends: row.time(2),
                    updated: row.time(3),
                    payload: .null
                )
                entry.payloadText = row.text(4)
                return entry
            }
        }
    }

    public func notificationLog() throws(HistoryError) -> [NotificationLogEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT alerts, receiver, at, expires, payload FROM notified ORDER BY alerts, receiver"
            ) { row in
                var entry = NotificationLogEntry(
                    group: row.text(0),
                    receiver: row.text(1),
                    at: row.time(2),
                    expires: row.time(3),
                    payload: .null
                )
                entry.payloadText = row.text(4)
                return entry
            }
        }
    }

    /// The alerts from outside that were told of or changed since.
    public func inbound(updatedSince moment: Timestamp? = nil) throws(HistoryError) -> [InboundEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT key, source, fingerprint, starts, ends, updated, payload FROM inbound \
                WHERE updated >= ? ORDER BY updated, key
                """,
                [.integer(moment?.rawValue ?? .min)]
            ) { InboundEntry($0) }
        }
    }

    /// The alerts from outside that have not ended by then.
    public func openInbound(at moment: Timestamp) throws(HistoryError) -> [InboundEntry] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT key, source, fingerprint, starts, ends, updated, payload FROM inbound \
                WHERE ends IS NULL OR ends > ? ORDER BY updated, key
                """,
                [.time(moment)]
            ) { InboundEntry($0) }
        }
    }

    /// Every value of a space, by key.
    public func kept(_ space: KeptValue.Space) throws(HistoryError) -> [KeptValue] {
        try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT key, at, expires, payload FROM kept WHERE space = ? ORDER BY key",
                [.text(space.rawValue)]
            ) { KeptValue(space, key: $0.text(0), $0) }
        }
    }

    public func kept(_ space: KeptValue.Space, _ key: String) throws(HistoryError) -> KeptValue? {
        try asked { () throws(SQLiteError) in
            try database.first(
                "SELECT key, at, expires, payload FROM kept WHERE space = ? AND key = ?",
                [.text(space.rawValue), .text(key)]
            ) { KeptValue(space, key: $0.text(0), $0) }
        }
    }

    /// The versions of a tracked file, or of all of them, the newest first.
    public func versions(of file: String? = nil, limit: Int = 1_000) throws(HistoryError) -> [ConfigVersion] {
        var conditions = Conditions()
        conditions.add("file", is: file)
        return try asked { () throws(SQLiteError) in
            try database.rows(
                """
                SELECT file, hash, seen, good, bad, payload FROM versions\(conditions.text) \
                ORDER BY id DESC LIMIT ?
                """,
                conditions.values + [.integer(Int64(limit))]
            ) { row in
                var version = ConfigVersion(
                    file: row.text(0),
                    hash: row.text(1),
                    seen: row.time(2),
                    good: row.optionalTime(3),
                    bad: row.optionalTime(4)
                )
                version.payloadText = row.text(5)
                return version
            }
        }
    }

    /// The bytes of a version.
    public func content(hash: String) throws(HistoryError) -> [UInt8]? {
        try asked { () throws(SQLiteError) in
            try database.first("SELECT content FROM contents WHERE hash = ?", [.text(hash)]) { $0.bytes(0) }
        }
    }
}

extension OutboxEntry {
    init(_ row: borrowing Row) {
        self.init(
            id: row.text(0),
            receiver: row.text(1),
            key: row.text(2),
            body: row.text(3),
            created: row.time(4),
            due: row.time(5),
            attempts: Int(row.integer(6)),
            state: State(rawValue: row.text(7)) ?? .pending,
            trouble: row.text(8)
        )
    }
}

extension InboundEntry {
    init(_ row: borrowing Row) {
        self.init(
            key: row.text(0),
            source: row.text(1),
            fingerprint: row.text(2),
            starts: row.time(3),
            ends: row.optionalTime(4),
            updated: row.time(5),
            payload: .null
        )
        payloadText = row.text(6)
    }
}

extension KeptValue {
    init(_ space: Space, key: String, _ row: borrowing Row) {
        self.init(space, key, at: row.time(1), expires: row.optionalTime(2), .null)
        payloadText = row.text(3)
    }
}
