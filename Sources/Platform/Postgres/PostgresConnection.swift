// libpq's strings live until the next call on their connection or result; they are copied at once.
internal import CPostgres
public import EventLoop
internal import Glibc

/// What a statement returned.
public struct PostgresAnswer: Sendable, Hashable {
    public let columns: [String]
    /// As the server writes them; nil for NULL.
    public let rows: [[String?]]
    /// How many rows were changed; nil for statements that change none.
    public let affected: Int?
}

/// A connection to a PostgreSQL server, used by one thread at a time. Its calls block until their deadlines at most.
///
/// `unsafe` inside: libpq's handle is owned here alone and freed once.
@safe public struct PostgresConnection: ~Copyable, @unchecked Sendable {
    private let handle: OpaquePointer
    private let interruption: Interruption?

    /// Connects with libpq's keywords: host, port, dbname, user, password ... A database name is a name, never a connection string.
    public init(
        _ settings: [(name: String, value: String)],
        deadline: MonotonicInstant,
        interruption: Interruption? = nil
    ) throws(PostgresError) {
        if let reason = unsafe postgres_open() { throw .unavailable(unsafe String(cString: reason)) }
        let handle = try unsafe Self.start(settings)
        do throws(PostgresError) {
            try unsafe Self.complete(handle, deadline, interruption)
        } catch {
            unsafe postgres_finish(handle)
            throw error
        }
        unsafe self.handle = unsafe handle
        self.interruption = interruption
        unsafe postgres_silence_notices(handle)
        _ = unsafe postgres_set_nonblocking(handle)
    }

    deinit {
        unsafe postgres_finish(handle)
    }

    private static func start(_ settings: [(name: String, value: String)]) throws(PostgresError) -> OpaquePointer {
        for (name, value) in settings where name.utf8.contains(0) || value.utf8.contains(0) {
            throw .cannotConnect("a setting holds a NUL")
        }
        let handle = unsafe withTexts(settings.map(\.name)) { names in
            unsafe withTexts(settings.map(\.value)) { values in unsafe postgres_connect_start(names, values) }
        }
        guard let handle = unsafe handle else { throw .cannotConnect("out of memory") }
        return unsafe handle
    }

    private static func complete(
        _ handle: OpaquePointer,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(PostgresError) {
        // PGRES_POLLING_*: 0 failed, 1 reading, 2 writing, 3 ok. Before the first call it counts as writing.
        var state: Int32 = 2
        while state != 3 {
            let number = unsafe postgres_socket(handle)
            guard state != 0, number >= 0 else { throw .cannotConnect(unsafe message(of: handle)) }
            try wait(number, for: state == 1 ? POLLIN : POLLOUT, deadline, interruption)
            state = unsafe postgres_connect_poll(handle)
        }
    }

    /// Runs one statement; `$1`, `$2` ... in it stand for the parameters, which are data to the server and never part of the statement.
    public func execute(
        _ statement: String,
        _ parameters: [String?] = [],
        rowsMax: Int = 10_000,
        deadline: MonotonicInstant
    ) throws(PostgresError) -> PostgresAnswer {
        guard !statement.utf8.contains(0), !parameters.contains(where: { $0?.utf8.contains(0) == true }) else {
            throw .refused(message: "a NUL cannot stand in a statement or its parameters", code: "22021")
        }
        let sent = unsafe withTexts(parameters) { values in
            unsafe postgres_send_query(handle, statement, Int32(parameters.count), values)
        }
        guard sent == 1 else { throw .lost(unsafe Self.message(of: handle)) }
        // One row at a time, so that a statement that returns millions is stopped and not stored.
        _ = unsafe postgres_set_single_row_mode(handle)
        do throws(PostgresError) {
            try flush(deadline)
            return try collect(rowsMax, deadline)
        } catch {
            if error == .timedOut || error == .cancelled || error == .tooManyRows(limit: rowsMax) { abandon() }
            throw error
        }
    }

    private func flush(_ deadline: MonotonicInstant) throws(PostgresError) {
        while true {
            let rest = unsafe postgres_flush(handle)
            if rest == 0 { return }
            guard rest == 1 else { throw .lost(unsafe Self.message(of: handle)) }
            try Self.wait(unsafe postgres_socket(handle), for: POLLOUT, deadline, interruption)
        }
    }

    private func collect(_ rowsMax: Int, _ deadline: MonotonicInstant) throws(PostgresError) -> PostgresAnswer {
        var columns: [String] = []
        var rows: [[String?]] = []
        var affected: Int?
        var failure: PostgresError?
        while let result = try nextResult(deadline) {
            if result.isRefusal {
                failure = failure ?? result.refusal
                continue
            }
            if columns.isEmpty { columns = result.columns }
            rows += result.rows
            affected = affected ?? result.affected
            guard rows.count <= rowsMax else { throw .tooManyRows(limit: rowsMax) }
        }
        if let failure { throw failure }
        return PostgresAnswer(columns: columns, rows: rows, affected: affected)
    }

    private func nextResult(_ deadline: MonotonicInstant) throws(PostgresError) -> ResultPart? {
        while unsafe postgres_is_busy(handle) == 1 {
            try Self.wait(unsafe postgres_socket(handle), for: POLLIN, deadline, interruption)
            guard unsafe postgres_consume_input(handle) == 1 else { throw .lost(unsafe Self.message(of: handle)) }
        }
        guard let result = unsafe postgres_get_result(handle) else { return nil }
        defer { unsafe postgres_clear(result) }
        return unsafe ResultPart(result)
    }

    /// Asks the server to stop, and reads what is left of the answer for a moment, so that the connection can be used again.
    private func abandon() {
        _ = unsafe postgres_cancel(handle)
        let deadline = MonotonicInstant.now + .seconds(2)
        while true {
            while unsafe postgres_is_busy(handle) == 1 {
                guard
                    Interruption.wait(unsafe postgres_socket(handle), for: Int16(POLLIN), until: deadline) == .ready,
                    unsafe postgres_consume_input(handle) == 1
                else { return }
            }
            guard let result = unsafe postgres_get_result(handle) else { return }
            unsafe postgres_clear(result)
        }
    }

    private static func wait(
        _ number: Int32,
        for events: Int32,
        _ deadline: MonotonicInstant,
        _ interruption: Interruption?
    ) throws(PostgresError) {
        switch Interruption.wait(number, for: Int16(events), until: deadline, unless: interruption) {
        case .ready: return
        case .timedOut: throw .timedOut
        case .interrupted: throw .cancelled
        }
    }

    private static func message(of handle: OpaquePointer) -> String {
        unsafe oneLine(postgres_error_message(handle))
    }
}

/// One part of an answer, copied out of libpq.
private struct ResultPart {
    var columns: [String] = []
    var rows: [[String?]] = []
    var affected: Int?
    var isRefusal = false
    var refusal: PostgresError?

    init(_ result: OpaquePointer) {
        // PGRES_COMMAND_OK 1, TUPLES_OK 2, SINGLE_TUPLE 9; COPY and the rest cannot be answered here.
        let status = unsafe postgres_result_status(result)
        guard [1, 2, 9].contains(status) else {
            isRefusal = true
            let code = unsafe postgres_result_code(result).map { unsafe String(cString: $0) } ?? ""
            let message = unsafe oneLine(postgres_result_message(result))
            // No SQLSTATE: not the server speaks, the connection is gone.
            refusal =
                code.isEmpty && !message.isEmpty
                ? .lost(message) : .refused(message: message.isEmpty ? "COPY is not supported" : message, code: code)
            return
        }
        let (height, width) = unsafe (postgres_row_count(result), postgres_column_count(result))
        columns = (0..<width).map { unsafe String(cString: postgres_column_name(result, $0)) }
        rows = (0..<height).map { row in
            (0..<width).map { column in
                guard !(unsafe postgres_is_null(result, row, column)) else { return nil }
                let bytes = unsafe UnsafeRawBufferPointer(
                    start: postgres_value(result, row, column),
                    count: Int(postgres_length(result, row, column))
                )
                return unsafe String(decoding: bytes, as: UTF8.self)
            }
        }
        affected = Int(unsafe String(cString: postgres_affected(result)))
    }
}

/// libpq's messages end with a line break and may have several lines.
private func oneLine(_ text: UnsafePointer<CChar>?) -> String {
    guard let text = unsafe text else { return "" }
    let lines = unsafe String(cString: text).utf8.split(separator: UInt8(ascii: "\n"))
    return lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
}

/// The texts as C has them, nil for nil, with a NULL at the end; they live as long as the closure runs.
private func withTexts<Result>(
    _ texts: [String?],
    _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    var copies = unsafe texts.map { text in unsafe text.flatMap { unsafe strdup($0) } }
    unsafe copies.append(nil)
    defer { for index in 0...texts.count { unsafe free(copies[index]) } }
    let pointers = unsafe copies.map { unsafe UnsafePointer($0) }
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}
