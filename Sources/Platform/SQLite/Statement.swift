// The statement's handle is made and freed here and nowhere else, and never leaves this file but for its connection.
internal import CSQLite

/// A prepared statement, freed when its owner goes.
@safe final class Statement {
    let sql: String
    private let handle: OpaquePointer

    init(_ sql: String, in database: OpaquePointer) throws(SQLiteError) {
        var prepared: OpaquePointer?
        // SQLite reads the text while the call runs. Persistent: these statements are kept and used again.
        let code = unsafe sqlite3_prepare_v3(
            database,
            sql,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &prepared,
            nil
        )
        guard code == SQLITE_OK else { throw unsafe SQLiteError(code, of: database, statement: sql) }
        guard let prepared = unsafe prepared else {
            throw SQLiteError(.misuse, message: "the text holds no statement", statement: sql)
        }
        self.sql = sql
        unsafe handle = prepared
    }

    deinit { unsafe _ = sqlite3_finalize(handle) }

    /// Binds the values to the places in their order. There must be as many.
    func bind(_ values: [SQLValue]) throws(SQLiteError) {
        let places = unsafe Int(sqlite3_bind_parameter_count(handle))
        guard places == values.count else {
            throw SQLiteError(.misuse, message: "\(places) values expected, \(values.count) given", statement: sql)
        }
        for index in values.indices {
            let code = bind(values[index], to: Int32(truncatingIfNeeded: index &+ 1))
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    private func bind(_ value: SQLValue, to place: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, place)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, place, number)
        case .real(let number): return unsafe sqlite3_bind_double(handle, place, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                guard let start = bytes.baseAddress else {
                    return unsafe medic_sqlite3_bind_text(handle, place, "", 0)
                }
                // Characters and bytes are the same memory; SQLite copies it before the call returns.
                let characters = unsafe UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self)
                return unsafe medic_sqlite3_bind_text(handle, place, characters, UInt64(bytes.count))
            }
        case .blob(let bytes):
            guard !bytes.isEmpty else { return unsafe sqlite3_bind_zeroblob(handle, place, 0) }
            return unsafe bytes.withUnsafeBytes { bytes in
                unsafe medic_sqlite3_bind_blob(handle, place, bytes.baseAddress, UInt64(bytes.count))
            }
        }
    }

    /// Goes to the next row; false when there is none.
    func step() throws(SQLiteError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Makes the statement ready for its next use, and lets go of the values and of the database.
    func reset() {
        _ = unsafe sqlite3_reset(handle)
        _ = unsafe sqlite3_clear_bindings(handle)
    }

    /// The row that the last step reached.
    var row: Row { unsafe Row(handle) }

    private func failure(_ code: Int32) -> SQLiteError {
        guard let database = unsafe sqlite3_db_handle(handle) else {
            return SQLiteError(SQLiteError.Code(rawValue: code), message: "unknown", statement: sql)
        }
        return unsafe SQLiteError(code, of: database, statement: sql)
    }
}

/// The row that a statement stands at. Lives no longer than the closure it is given to.
@safe public struct Row: ~Copyable {
    private let statement: OpaquePointer

    fileprivate init(_ statement: OpaquePointer) {
        unsafe self.statement = statement
    }

    public func isNull(_ column: Int) -> Bool {
        unsafe sqlite3_column_type(statement, place(column)) == SQLITE_NULL
    }

    /// The number in the column; zero for null, and what SQLite makes of a text.
    public func integer(_ column: Int) -> Int64 { unsafe sqlite3_column_int64(statement, place(column)) }

    public func optionalInteger(_ column: Int) -> Int64? { isNull(column) ? nil : integer(column) }

    public func boolean(_ column: Int) -> Bool { integer(column) != 0 }

    public func real(_ column: Int) -> Double { unsafe sqlite3_column_double(statement, place(column)) }

    public func optionalReal(_ column: Int) -> Double? { isNull(column) ? nil : real(column) }

    /// The text in the column; empty for null. What is no UTF-8 is replaced by U+FFFD.
    public func text(_ column: Int) -> String {
        // SQLite says how many bytes there are, and keeps them until the next step.
        guard let start = unsafe sqlite3_column_text(statement, place(column)) else { return "" }
        let count = unsafe Int(sqlite3_column_bytes(statement, place(column)))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    public func optionalText(_ column: Int) -> String? { isNull(column) ? nil : text(column) }

    public func bytes(_ column: Int) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(statement, place(column)) else { return [] }
        let count = unsafe Int(sqlite3_column_bytes(statement, place(column)))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// SQLite answers null for a column that is not there.
    private func place(_ column: Int) -> Int32 { Int32(truncatingIfNeeded: column) }
}

extension SQLiteError {
    /// What the connection has to say about the call that just failed.
    init(_ code: Int32, of database: OpaquePointer, statement: String? = nil) {
        // The text belongs to the connection and is copied at once.
        let message = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) } ?? "unknown"
        self.init(Code(rawValue: code), message: message, statement: statement)
    }
}
