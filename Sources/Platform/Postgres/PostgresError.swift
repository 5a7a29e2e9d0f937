/// What went wrong with a PostgreSQL server.
public enum PostgresError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libpq is not installed.
    case unavailable(String)
    case cannotConnect(String)
    /// The server refused the statement; `code` is its SQLSTATE.
    case refused(message: String, code: String)
    /// The connection is gone; whether the statement was carried out is not known.
    case lost(String)
    case timedOut
    case cancelled
    /// The statement returned more rows than were wanted.
    case tooManyRows(limit: Int)

    public var description: String {
        switch self {
        case .unavailable(let reason): "libpq cannot be used (\(reason)): install the package libpq5"
        case .cannotConnect(let reason): "cannot connect: \(reason)"
        case .refused(let message, let code): "\(message) (SQLSTATE \(code))"
        case .lost(let reason): "the connection was lost: \(reason)"
        case .timedOut: "no answer in time"
        case .cancelled: "cancelled"
        case .tooManyRows(let limit): "the statement returned more than \(limit) rows"
        }
    }
}
