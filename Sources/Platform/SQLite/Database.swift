// The connection's handle is opened and closed here; what the other files of the room do with it ends before they return.
internal import CSQLite
import Synchronization

/// One connection to a database, confined to one queue or thread at a time: `confinement` is asked at every entry.
///
/// Statements are prepared once and kept by their text, so texts are constants and what varies is bound.
public final class Database {
    /// How a database is opened.
    public struct Options: Sendable {
        public enum Access: Sendable {
            case readOnly
            case readWrite
            /// The file is made where there is none.
            case create
        }

        public var access: Access
        /// How long to wait for somebody else's lock.
        public var busyTimeout: Duration
        /// What the page cache may take, in bytes.
        public var cacheBytes: Int
        /// SQLite's name of a virtual file system; nil for the usual one.
        public var fileSystem: String?
        /// Whether the caller is where the connection belongs; false is a mistake in the program and traps.
        public var confinement: (@Sendable () -> Bool)?

        public init(
            _ access: Access,
            busyTimeout: Duration = .seconds(5),
            cacheBytes: Int = 512 * 1024,
            fileSystem: String? = nil,
            confinement: (@Sendable () -> Bool)? = nil
        ) {
            self.access = access
            self.busyTimeout = busyTimeout
            self.cacheBytes = cacheBytes
            self.fileSystem = fileSystem
            self.confinement = confinement
        }
    }

    public let path: String
    private let shared: SharedHandle
    private let confinement: (@Sendable () -> Bool)?
    private var kept: [String: Statement] = [:]

    // Every text is a constant of the program, so that this is a bound on mistakes rather than a cache that turns over.
    private static let keptMax = 128

    public init(_ path: String, _ options: Options) throws(SQLiteError) {
        self.path = path
        confinement = options.confinement
        // Serialising calls is the business of the owner, who confines the connection; only interrupting crosses threads.
        var flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        switch options.access {
        case .readOnly: flags |= SQLITE_OPEN_READONLY
        case .readWrite: flags |= SQLITE_OPEN_READWRITE
        case .create: flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        }
        guard !path.utf8.contains(0) else { throw SQLiteError(.cannotOpen, message: "a path cannot contain NUL") }
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(path, &opened, flags, options.fileSystem)
        guard let handle = unsafe opened else { throw SQLiteError(.outOfMemory, message: "out of memory") }
        unsafe shared = SharedHandle(handle)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: handle) }
        // Neither a damaged schema nor a statement gone wrong may reach beyond the tables.
        _ = unsafe medic_sqlite3_switch(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        _ = unsafe medic_sqlite3_switch(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        _ = unsafe medic_sqlite3_switch(handle, SQLITE_DBCONFIG_DQS_DML, 0)
        _ = unsafe medic_sqlite3_switch(handle, SQLITE_DBCONFIG_DQS_DDL, 0)
        let wait = options.busyTimeout.components
        let milliseconds = wait.seconds &* 1_000 &+ wait.attoseconds / 1_000_000_000_000_000
        _ = unsafe sqlite3_busy_timeout(handle, Int32(clamping: milliseconds))
        try run(script: "PRAGMA cache_size = -\(max(options.cacheBytes / 1024, 1)); PRAGMA foreign_keys = ON")
    }

    deinit {
        kept.removeAll()
        shared.close()
    }

    /// Closes now, and tells of a statement that is still at work: a row that somebody holds on to.
    ///
    /// The connection stays open when this throws.
    public func close() throws(SQLiteError) {
        kept.removeAll()
        guard let handle = unsafe shared.pointer else { return }
        var statement = unsafe sqlite3_next_stmt(handle, nil)
        while let current = unsafe statement {
            if unsafe sqlite3_stmt_busy(current) != 0 {
                // The text belongs to the statement and is copied at once.
                let text = unsafe sqlite3_sql(current).map { unsafe String(cString: $0) }
                throw SQLiteError(.busy, message: "a statement is still at work", statement: text)
            }
            unsafe statement = sqlite3_next_stmt(handle, current)
        }
        shared.close()
    }

    /// What ends the statement at work, from any thread.
    public var interrupter: Interrupter { Interrupter(shared) }

    /// The open handle, for a caller at the right place.
    func handle() throws(SQLiteError) -> OpaquePointer {
        if let confinement { precondition(confinement(), "the connection is used outside of its queue") }
        guard let handle = unsafe shared.pointer else {
            throw SQLiteError(.misuse, message: "the connection is closed")
        }
        return unsafe handle
    }

    // MARK: Statements

    /// Runs a statement that answers no rows; returns how many rows it changed.
    @discardableResult
    public func execute(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> Int {
        let handle = unsafe try handle()
        try using(sql, values) { statement throws(SQLiteError) in
            while try statement.step() {}
        }
        return unsafe Int(sqlite3_changes64(handle))
    }

    /// Every row, each made into a value.
    public func rows<Element>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ read: (borrowing Row) -> Element
    ) throws(SQLiteError) -> [Element] {
        var elements: [Element] = []
        try using(sql, values) { statement throws(SQLiteError) in
            while try statement.step() { elements.append(read(statement.row)) }
        }
        return elements
    }

    /// The first row made into a value; nil when there is none.
    public func first<Element>(
        _ sql: String,
        _ values: [SQLValue] = [],
        _ read: (borrowing Row) -> Element
    ) throws(SQLiteError) -> Element? {
        var element: Element?
        try using(sql, values) { statement throws(SQLiteError) in
            if try statement.step() { element = read(statement.row) }
        }
        return element
    }

    /// The number in the first column of the first row; nil when there is none.
    public func integer(_ sql: String, _ values: [SQLValue] = []) throws(SQLiteError) -> Int64? {
        try first(sql, values) { $0.optionalInteger(0) } ?? nil
    }

    /// Runs several statements, divided by semicolons, without values and rows: pragmas and schemas.
    public func run(script: String) throws(SQLiteError) {
        let handle = unsafe try handle()
        let code = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: handle, statement: script) }
    }

    private func using(
        _ sql: String,
        _ values: [SQLValue],
        _ body: (Statement) throws(SQLiteError) -> Void
    ) throws(SQLiteError) {
        let handle = unsafe try handle()
        // Taken out while at work, so that a statement that is used within its own rows is prepared a second time.
        let statement: Statement
        if let known = kept.removeValue(forKey: sql) {
            statement = known
        } else {
            statement = try unsafe Statement(sql, in: handle)
        }
        defer {
            statement.reset()
            if kept.count < Self.keptMax { kept[sql] = statement }
        }
        try statement.bind(values)
        try body(statement)
    }

    // MARK: Transactions

    /// Who may write meanwhile.
    public enum Transaction: String, Sendable {
        /// Nobody: the right to write is taken at the beginning.
        case immediate = "BEGIN IMMEDIATE"
        /// For reading: what is read is one state of the database, whatever is written meanwhile.
        case deferred = "BEGIN DEFERRED"
    }

    /// Runs the body in a transaction: committed when it returns, rolled back when it throws.
    @discardableResult
    public func transaction<Value>(
        _ kind: Transaction,
        _ body: () throws(SQLiteError) -> Value
    ) throws(SQLiteError) -> Value {
        try execute(kind.rawValue)
        do throws(SQLiteError) {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            // SQLite has rolled back by itself after some errors, a full disk among them.
            if try unsafe sqlite3_get_autocommit(handle()) == 0 { _ = try? execute("ROLLBACK") }
            throw error
        }
    }
}

/// The handle of a connection, which an interrupter shares.
final class SharedHandle: Sendable {
    // Nil when closed. The lock is held while closing and interrupting, so that neither meets the other halfway. The pointer is
    // unsafe to the compiler; only its owner, confined to one place, does more with it than interrupt.
    private let state: Mutex<UInt>

    init(_ handle: OpaquePointer) {
        state = Mutex(UInt(bitPattern: handle))
    }

    var pointer: OpaquePointer? { unsafe OpaquePointer(bitPattern: state.withLock { $0 }) }

    func close() {
        state.withLock { address in
            guard let handle = unsafe OpaquePointer(bitPattern: address) else { return }
            // The second version also takes a connection whose statements are freed later.
            _ = unsafe sqlite3_close_v2(handle)
            address = 0
        }
    }

    func interrupt() {
        state.withLock { address in
            guard let handle = unsafe OpaquePointer(bitPattern: address) else { return }
            unsafe sqlite3_interrupt(handle)
        }
    }
}

/// Ends what a connection is doing, from any thread; the statement at work throws `interrupted`.
public struct Interrupter: Sendable {
    private let shared: SharedHandle

    init(_ shared: SharedHandle) {
        self.shared = shared
    }

    public func interrupt() { shared.interrupt() }
}
