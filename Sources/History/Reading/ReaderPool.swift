import Dispatch
import SQLite
import Synchronization

/// A few connections for reading, opened when they are first needed.
final class ReaderPool: Sendable {
    private struct State {
        // Connections of the file as it is now; one that was taken from an earlier file is closed when it comes back.
        var idle: [Confined] = []
        var generation = 0
        var isClosed = false
    }

    /// A connection that is at one place at a time: in the pool, or with the one who took it out. That is why it may move.
    private final class Confined: @unchecked Sendable {
        let database: Database

        init(_ database: Database) { self.database = database }
    }

    private let file: HistoryFile
    private let state = Mutex(State())
    private let free: DispatchSemaphore
    private let patience: Duration
    private let answerTime: Duration

    /// How many may read at once.
    static let size = 2

    init(_ file: HistoryFile, patience: Duration = .seconds(5), answerTime: Duration = .seconds(5)) {
        self.file = file
        self.patience = patience
        self.answerTime = answerTime
        free = DispatchSemaphore(value: Self.size)
    }

    /// Runs the body with a reader that sees one state of the database, waiting for one if need be.
    func read<Value>(
        _ body: (HistoryReader) throws(HistoryError) -> Value
    ) throws(HistoryError) -> Value {
        guard free.wait(timeout: .now() + patience.interval) == .success else { throw .busy }
        defer { free.signal() }
        let (generation, idle, isClosed) = state.withLock { state in
            (state.generation, state.idle.popLast(), state.isClosed)
        }
        if isClosed { throw .closed }
        let confined: Confined
        if let idle { confined = idle } else { confined = Confined(try file.openReader()) }
        defer {
            state.withLock { state in
                if state.generation == generation && !state.isClosed { state.idle.append(confined) }
            }
        }
        return try HistoryReader(confined.database, path: file.path).oneState(within: answerTime, body)
    }

    /// Copies the database; takes as long as it takes.
    func backup(to target: String, mayContinue: () -> Bool) throws(HistoryError) {
        let database = try file.openReader()
        do throws(SQLiteError) {
            try database.backup(to: target, mayContinue: mayContinue)
        } catch {
            throw HistoryError(error, path: target)
        }
    }

    /// Looks at every page and index, on a connection of its own.
    func check(within allowed: Duration) throws(HistoryError) -> [String] {
        do throws(HistoryError) {
            let database = try file.openReader()
            return try HistoryReader(database, path: file.path).asked { () throws(SQLiteError) in
                if case .damaged(let findings) = try database.check(.full, within: allowed) { findings } else { [] }
            }
        } catch {
            // It may be too far gone to be opened.
            guard error.tellsOfDamage else { throw error }
            return ["\(error)"]
        }
    }

    /// Closes the connections: the file is another one now, or nobody reads any more.
    func letGo(forGood: Bool) {
        state.withLock { state in
            state.idle = []
            state.generation += 1
            if forGood { state.isClosed = true }
        }
    }
}
