import JSON
import Metrics
import Rules
import SQLite

/// Turns changes into rows. Inside of the writer's transactions only.
struct ChangeWriter {
    let database: Database

    func write(_ change: HistoryChange) throws(SQLiteError) {
        switch change {
        case .record(let record): try write(record)
        case .run(let run): try write(run)
        case .intent(let intent): try write(intent)
        case .outcome(let outcome): try write(outcome)
        case .outbox(let entry): try write(entry)
        case .outboxProgress(let progress): try write(progress)
        case .silence(let silence): try write(silence)
        case .notified(let entry): try write(entry)
        case .inbound(let entry): try write(entry)
        case .keep(let kept): try write(kept)
        case .forget(let space, let key):
            try database.execute("DELETE FROM kept WHERE space = ? AND key = ?", [.text(space.rawValue), .text(key)])
        case .version(let version, let content): try write(version, content)
        case .judged(let file, let hash, let verdict, let time): try judge(file, hash, verdict, time)
        case .alerts(let group): try write(group)
        case .keepGroups(let keys): try keepGroups(keys)
        }
    }

    private func write(_ record: HistoryRecord) throws(SQLiteError) {
        try database.execute(
            """
            INSERT INTO records(at, kind, name, alert, fingerprint, playbook, unit, run, began, text, payload) \
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .time(record.at), .text(record.kind.rawValue), .text(record.name), .text(record.alert),
                .text(record.fingerprint), .text(record.playbook), .text(record.unit), .text(record.run),
                .time(record.began), .text(record.text), .text(record.payloadText),
            ]
        )
    }

    private func write(_ run: RunEntry) throws(SQLiteError) {
        try database.execute(
            """
            INSERT INTO runs(id, playbook, subject, alert, fingerprint, unit, state, opened, ended, text, payload) \
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
            ON CONFLICT(id) DO UPDATE SET playbook = excluded.playbook, subject = excluded.subject, \
            alert = excluded.alert, fingerprint = excluded.fingerprint, unit = excluded.unit, \
            state = excluded.state, opened = excluded.opened, ended = excluded.ended, text = excluded.text, \
            payload = excluded.payload
            """,
            [
                .text(run.id), .text(run.playbook), .text(run.subject), .text(run.alert), .text(run.fingerprint),
                .text(run.unit), .text(run.state), .time(run.opened), .time(run.ended), .text(run.text),
                .text(run.payloadText),
            ]
        )
    }

    private func write(_ intent: StepIntent) throws(SQLiteError) {
        // The same intent again, of a repeatable step after a crash, begins it anew.
        try database.execute(
            """
            INSERT INTO steps(run, step, attempt, action, intended, intent) VALUES(?, ?, ?, ?, ?, ?) \
            ON CONFLICT(run, step, attempt) DO UPDATE SET action = excluded.action, \
            intended = excluded.intended, intent = excluded.intent, finished = NULL, result = NULL, outcome = ''
            """,
            [
                .text(intent.run), .integer(Int64(intent.step)), .integer(Int64(intent.attempt)),
                .text(intent.action), .time(intent.at), .text(intent.payloadText),
            ]
        )
    }

    private func write(_ outcome: StepOutcome) throws(SQLiteError) {
        try database.execute(
            "UPDATE steps SET finished = ?, result = ?, outcome = ? WHERE run = ? AND step = ? AND attempt = ?",
            [
                .time(outcome.at), .text(outcome.result), .text(outcome.payloadText), .text(outcome.run),
                .integer(Int64(outcome.step)), .integer(Int64(outcome.attempt)),
            ]
        )
    }

    private func write(_ kept: KeptValue) throws(SQLiteError) {
        try database.execute(
            "INSERT OR REPLACE INTO kept(space, key, at, expires, payload) VALUES(?, ?, ?, ?, ?)",
            [
                .text(kept.space.rawValue), .text(kept.key), .time(kept.at), .time(kept.expires),
                .text(kept.payloadText),
            ]
        )
    }

    // MARK: Deliveries

    private func write(_ entry: OutboxEntry) throws(SQLiteError) {
        try database.execute(
            """
            INSERT OR REPLACE INTO outbox(id, receiver, key, body, created, due, attempts, state, trouble) \
            VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(entry.id), .text(entry.receiver), .text(entry.key), .text(entry.body), .time(entry.created),
                .time(entry.due), .integer(Int64(entry.attempts)), .text(entry.state.rawValue), .text(entry.trouble),
            ]
        )
    }

    private func write(_ progress: OutboxProgress) throws(SQLiteError) {
        try database.execute(
            "UPDATE outbox SET attempts = ?, due = ?, state = ?, trouble = ? WHERE id = ?",
            [
                .integer(Int64(progress.attempts)), .time(progress.due), .text(progress.state.rawValue),
                .text(progress.trouble), .text(progress.id),
            ]
        )
    }

    private func write(_ silence: SilenceEntry) throws(SQLiteError) {
        try database.execute(
            "INSERT OR REPLACE INTO silences(id, starts, ends, updated, payload) VALUES(?, ?, ?, ?, ?)",
            [
                .text(silence.id), .time(silence.starts), .time(silence.ends), .time(silence.updated),
                .text(silence.payloadText),
            ]
        )
    }

    private func write(_ entry: NotificationLogEntry) throws(SQLiteError) {
        try database.execute(
            "INSERT OR REPLACE INTO notified(alerts, receiver, at, expires, payload) VALUES(?, ?, ?, ?, ?)",
            [
                .text(entry.group), .text(entry.receiver), .time(entry.at), .time(entry.expires),
                .text(entry.payloadText),
            ]
        )
    }

    private func write(_ entry: InboundEntry) throws(SQLiteError) {
        try database.execute(
            """
            INSERT OR REPLACE INTO inbound(key, source, fingerprint, starts, ends, updated, payload) \
            VALUES(?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .text(entry.key), .text(entry.source), .text(entry.fingerprint), .time(entry.starts),
                .time(entry.ends), .time(entry.updated), .text(entry.payloadText),
            ]
        )
    }

    // MARK: Tracked files

    private func write(_ version: ConfigVersion, _ content: [UInt8]) throws(SQLiteError) {
        try database.execute(
            "INSERT INTO contents(hash, content) VALUES(?, ?) ON CONFLICT DO NOTHING",
            [.text(version.hash), .blob(content)]
        )
        try database.execute(
            "INSERT INTO versions(file, hash, seen, good, bad, payload) VALUES(?, ?, ?, ?, ?, ?)",
            [
                .text(version.file), .text(version.hash), .time(version.seen), .time(version.good),
                .time(version.bad), .text(version.payloadText),
            ]
        )
    }

    private func judge(
        _ file: String,
        _ hash: String,
        _ verdict: ConfigVerdict,
        _ time: Timestamp
    ) throws(SQLiteError) {
        let newest = "(SELECT max(id) FROM versions WHERE file = ? AND hash = ?)"
        switch verdict {
        case .good:
            try database.execute(
                "UPDATE versions SET good = ?, bad = NULL WHERE id = \(newest)",
                [.time(time), .text(file), .text(hash)]
            )
        case .bad:
            try database.execute(
                "UPDATE versions SET bad = ?, good = NULL WHERE id = \(newest)",
                [.time(time), .text(file), .text(hash)]
            )
        }
    }

    // MARK: Alerts

    /// One row for each rule, so that what has not changed is not written again.
    private func write(_ group: SavedGroup) throws(SQLiteError) {
        try database.execute(
            "INSERT OR REPLACE INTO alert_groups(name, evaluated) VALUES(?, ?)",
            [.text(group.key), .time(group.evaluatedAt)]
        )
        for place in group.rules.indices {
            let alone = SavedGroup(key: "", evaluatedAt: nil, rules: [group.rules[place]])
            try database.execute(
                """
                INSERT INTO alert_rules(name, place, payload) VALUES(?, ?, ?) \
                ON CONFLICT(name, place) DO UPDATE SET payload = excluded.payload WHERE payload <> excluded.payload
                """,
                [.text(group.key), .integer(Int64(place)), .text(alone.json.description)]
            )
        }
        try database.execute(
            "DELETE FROM alert_rules WHERE name = ? AND place >= ?",
            [.text(group.key), .integer(Int64(group.rules.count))]
        )
    }

    private func keepGroups(_ keys: [String]) throws(SQLiteError) {
        let kept = Set(keys.map { Array($0.utf8) })
        let known = try database.rows("SELECT name FROM alert_groups") { $0.text(0) }
        for name in known where !kept.contains(Array(name.utf8)) {
            try database.execute("DELETE FROM alert_groups WHERE name = ?", [.text(name)])
            try database.execute("DELETE FROM alert_rules WHERE name = ?", [.text(name)])
        }
    }
}

extension SQLValue {
    static func time(_ time: Timestamp?) -> SQLValue { .integer(time?.rawValue) }
}
