internal import CSQLite

/// Why the database could not do what it was asked.
public struct SQLiteError: Error, Hashable, Sendable {
    /// SQLite's result code, with the names that callers ask for. Extended codes keep their kind in the lowest byte.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        /// The kind of error, without the detail of an extended code.
        public var kind: Code { Code(rawValue: rawValue & 0xFF) }

        public static let error = Code(rawValue: SQLITE_ERROR)
        /// Somebody else holds the lock for longer than the connection waits.
        public static let busy = Code(rawValue: SQLITE_BUSY)
        public static let locked = Code(rawValue: SQLITE_LOCKED)
        public static let outOfMemory = Code(rawValue: SQLITE_NOMEM)
        public static let readOnly = Code(rawValue: SQLITE_READONLY)
        public static let interrupted = Code(rawValue: SQLITE_INTERRUPT)
        public static let inputOutput = Code(rawValue: SQLITE_IOERR)
        /// The file's content contradicts itself.
        public static let corrupt = Code(rawValue: SQLITE_CORRUPT)
        /// The device or the quota leaves no room.
        public static let full = Code(rawValue: SQLITE_FULL)
        public static let cannotOpen = Code(rawValue: SQLITE_CANTOPEN)
        public static let tooBig = Code(rawValue: SQLITE_TOOBIG)
        public static let constraint = Code(rawValue: SQLITE_CONSTRAINT)
        public static let misuse = Code(rawValue: SQLITE_MISUSE)
        public static let permissionDenied = Code(rawValue: SQLITE_PERM)
        /// A file of another kind, or one whose first page is damaged.
        public static let notADatabase = Code(rawValue: SQLITE_NOTADB)

        /// So that `case .busy` matches every extended code of that kind.
        public static func ~= (pattern: Code, value: Code) -> Bool {
            pattern.rawValue > 0xFF ? pattern == value : pattern == value.kind
        }
    }

    public let code: Code
    /// SQLite's own words.
    public let message: String
    /// The statement that failed, without the values bound to it, which may be secret.
    public let statement: String?

    public init(_ code: Code, message: String, statement: String? = nil) {
        self.code = code
        self.message = message
        self.statement = statement
    }
}

extension SQLiteError {
    /// Whether the database file itself is at fault, so that trying again will not help.
    public var tellsOfDamage: Bool {
        switch code {
        case .corrupt, .notADatabase: true
        default: false
        }
    }
}

extension SQLiteError: CustomStringConvertible {
    public var description: String {
        let place = statement.map { " in: \($0)" } ?? ""
        return "\(message) (SQLite error \(code.rawValue))\(place)"
    }
}
