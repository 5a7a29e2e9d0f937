public import Files
public import SQLite

/// Why history could not do what it was asked.
public enum HistoryError: Error, Hashable, Sendable {
    /// The folder or the file cannot be used.
    case file(FileError)
    /// The file, or the file system it is on, does not take changes.
    case readOnly(path: String)
    /// The device, the quota or the limit of the file leaves no room.
    case full(path: String)
    case database(SQLiteError)
    /// Written by another version of medic.
    case otherVersion(path: String, found: Int, known: Int)
    /// Given up in favour of more important changes: the queue is full.
    case shed
    /// Refused: the queue is full of changes of which none may be given up.
    case queueFull
    /// One change is larger than any should be.
    case tooLarge(bytes: Int, limit: Int)
    /// The question takes longer to answer than anybody waits.
    case tookTooLong
    /// Every reader was at work for too long.
    case busy
    case closed
}

extension HistoryError {
    init(_ error: SQLiteError, path: String) {
        switch error.code {
        case .full: self = .full(path: path)
        case .readOnly, .permissionDenied: self = .readOnly(path: path)
        case .interrupted: self = .tookTooLong
        default: self = .database(error)
        }
    }

    /// Whether the same changes may well be written later: the world is at fault, not they.
    var isPassing: Bool {
        switch self {
        case .full, .readOnly, .busy: return true
        case .database(let error):
            switch error.code {
            case .inputOutput, .busy, .locked, .outOfMemory, .cannotOpen: return true
            default: return false
            }
        case .file, .otherVersion, .shed, .queueFull, .tooLarge, .tookTooLong, .closed: return false
        }
    }

    var tellsOfDamage: Bool {
        if case .database(let error) = self { error.tellsOfDamage } else { false }
    }
}

extension HistoryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .file(let error): "history: \(error)"
        case .readOnly(let path):
            "history: \(path) cannot be written; give medic's user the right to write it and its folder"
        case .full(let path): "history: no room for \(path); free some space on its file system"
        case .database(let error): "history: \(error)"
        case .otherVersion(let path, let found, let known):
            "history: \(path) has a schema of version \(found), this medic reads \(known); "
                + (found > known ? "read it with a newer medic" : "its agent brings it up when it is started anew")
        case .shed: "history: too much at once, the change was given up for more important ones"
        case .queueFull: "history: too much at once, the change was refused"
        case .tooLarge(let bytes, let limit): "history: a change of \(bytes) bytes; the limit is \(limit)"
        case .tookTooLong: "history: the answer takes too long; narrow the question"
        case .busy: "history: all readers are at work; try again"
        case .closed: "history: closed"
        }
    }
}
