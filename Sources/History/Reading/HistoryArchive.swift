import SQLite

/// The history of an agent, read from outside of it: while it runs or after it ended.
public struct HistoryArchive: Sendable {
    private let file: HistoryFile

    public init(path: String) {
        file = HistoryFile(path: path)
    }

    public var path: String { file.path }

    /// Asks questions, all answered from one state of the database.
    public func read<Value>(
        _ body: (HistoryReader) throws(HistoryError) -> Value
    ) throws(HistoryError) -> Value {
        try file.checkPresence()
        let database = try file.openReader()
        let reader = HistoryReader(database, path: file.path)
        let version = try reader.asked { () throws(SQLiteError) in try database.integer("PRAGMA user_version") ?? 0 }
        guard version == Schema.version else {
            throw .otherVersion(path: file.path, found: Int(clamping: version), known: Int(Schema.version))
        }
        return try reader.oneState(within: .seconds(30), body)
    }

    /// Looks for damage in the structure of the file, for no longer than allowed; nil when that time was too short.
    public func findDamage(within allowed: Duration) throws(HistoryError) -> [String]? {
        try file.checkPresence()
        let database = try file.openReader()
        let reader = HistoryReader(database, path: file.path)
        switch try reader.asked({ () throws(SQLiteError) in try database.check(.quick, within: allowed) }) {
        case .sound: return []
        case .damaged(let findings): return findings
        case .unknown: return nil
        }
    }
}
