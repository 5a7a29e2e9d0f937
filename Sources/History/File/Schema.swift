import SQLite

/// The tables, as steps from one version to the next. A step that was released is never changed: what is wrong with it is put
/// right by another.
enum Schema {
    static var version: Int64 { Int64(steps.count) }

    /// What turns version n into version n + 1; an empty file is version 0.
    static let steps = [records, deliveries, files]

    private static let records = """
        CREATE TABLE records(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at INTEGER NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            alert TEXT,
            fingerprint TEXT,
            playbook TEXT,
            unit TEXT,
            run TEXT,
            began INTEGER,
            text TEXT NOT NULL,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE INDEX records_at ON records(at, id);
        CREATE INDEX records_alert ON records(alert, at, id) WHERE alert IS NOT NULL;
        CREATE INDEX records_playbook ON records(playbook, at, id) WHERE playbook IS NOT NULL;
        CREATE INDEX records_run ON records(run, id) WHERE run IS NOT NULL;

        CREATE TABLE runs(
            id TEXT PRIMARY KEY,
            playbook TEXT NOT NULL,
            subject TEXT NOT NULL,
            alert TEXT,
            fingerprint TEXT,
            unit TEXT,
            state TEXT NOT NULL,
            opened INTEGER NOT NULL,
            ended INTEGER,
            text TEXT NOT NULL,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE INDEX runs_opened ON runs(opened, id);
        CREATE INDEX runs_open ON runs(opened) WHERE ended IS NULL;
        CREATE INDEX runs_fingerprint ON runs(fingerprint, opened) WHERE fingerprint IS NOT NULL;

        CREATE TABLE steps(
            run TEXT NOT NULL,
            step INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            action TEXT NOT NULL,
            intended INTEGER NOT NULL,
            intent TEXT NOT NULL,
            finished INTEGER,
            result TEXT,
            outcome TEXT NOT NULL DEFAULT '',
            PRIMARY KEY(run, step, attempt)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE alert_groups(
            name TEXT PRIMARY KEY,
            evaluated INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE alert_rules(
            name TEXT NOT NULL,
            place INTEGER NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY(name, place)
        ) STRICT;

        CREATE TABLE kept(
            space TEXT NOT NULL,
            key TEXT NOT NULL,
            at INTEGER NOT NULL,
            expires INTEGER,
            payload TEXT NOT NULL,
            PRIMARY KEY(space, key)
        ) STRICT, WITHOUT ROWID;
        """

    private static let deliveries = """
        CREATE TABLE outbox(
            id TEXT PRIMARY KEY,
            receiver TEXT NOT NULL,
            key TEXT NOT NULL,
            body TEXT NOT NULL,
            created INTEGER NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            state TEXT NOT NULL,
            trouble TEXT NOT NULL
        ) STRICT;
        CREATE INDEX outbox_pending ON outbox(due) WHERE state = 'pending';
        CREATE INDEX outbox_settled ON outbox(due) WHERE state <> 'pending';

        CREATE TABLE silences(
            id TEXT PRIMARY KEY,
            starts INTEGER NOT NULL,
            ends INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            payload TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE notified(
            alerts TEXT NOT NULL,
            receiver TEXT NOT NULL,
            at INTEGER NOT NULL,
            expires INTEGER NOT NULL,
            payload TEXT NOT NULL,
            PRIMARY KEY(alerts, receiver)
        ) STRICT;

        CREATE TABLE inbound(
            key TEXT PRIMARY KEY,
            source TEXT NOT NULL,
            fingerprint TEXT NOT NULL,
            starts INTEGER NOT NULL,
            ends INTEGER,
            updated INTEGER NOT NULL,
            payload TEXT NOT NULL
        ) STRICT;
        """

    private static let files = """
        CREATE TABLE contents(
            hash TEXT PRIMARY KEY,
            content BLOB NOT NULL
        ) STRICT;
        CREATE TABLE versions(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            file TEXT NOT NULL,
            hash TEXT NOT NULL REFERENCES contents(hash),
            seen INTEGER NOT NULL,
            good INTEGER,
            bad INTEGER,
            payload TEXT NOT NULL
        ) STRICT;
        CREATE INDEX versions_file ON versions(file, id);
        CREATE INDEX versions_hash ON versions(hash);
        """

    /// Brings the database to this version of medic, each step in a transaction of its own.
    static func bringUp(_ database: Database) throws(SQLiteError) {
        let present = try database.integer("PRAGMA user_version") ?? 0
        guard present >= 0 else { throw SQLiteError(.corrupt, message: "a schema of version \(present)") }
        for version in steps.indices.dropFirst(Int(clamping: present)) {
            try database.transaction(.immediate) { () throws(SQLiteError) in
                try database.run(script: steps[version] + "PRAGMA user_version = \(version + 1);")
            }
        }
    }
}
