internal import Glibc

/// What went wrong with a file: the deed, the path and the kernel's reason.
public struct FileError: Error, Hashable, Sendable {
    /// What was being done, in words that complete "cannot ...".
    public enum Operation: String, Hashable, Sendable {
        case open
        case read
        case write
        case sync
        case truncate
        case map
        case close
        case lock
        case list
        case createFolder = "create folder"
        case remove
        case rename
        case inspect
        case changeOwner = "change owner or permissions of"
        case measureFreeSpace = "measure free space of"
    }

    /// The kernel's error number, with the names that callers ask for.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let notFound = Code(rawValue: ENOENT)
        public static let exists = Code(rawValue: EEXIST)
        public static let permissionDenied = Code(rawValue: EACCES)
        public static let notPermitted = Code(rawValue: EPERM)
        public static let notAFolder = Code(rawValue: ENOTDIR)
        public static let isAFolder = Code(rawValue: EISDIR)
        public static let folderNotEmpty = Code(rawValue: ENOTEMPTY)
        public static let noSpace = Code(rawValue: ENOSPC)
        public static let quotaExceeded = Code(rawValue: EDQUOT)
        public static let tooLarge = Code(rawValue: EFBIG)
        public static let invalid = Code(rawValue: EINVAL)
        public static let notText = Code(rawValue: EILSEQ)
        public static let brokenPipe = Code(rawValue: EPIPE)
        /// Somebody else holds the lock.
        public static let locked = Code(rawValue: EWOULDBLOCK)
    }

    public let operation: Operation
    public let path: String
    public let code: Code

    public init(_ operation: Operation, _ path: String, _ code: Code) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The reason alone, as the C library words it.
    public var reason: String {
        switch code {
        case .locked: return "another process holds it"
        case .notText: return "it is not UTF-8 text"
        default:
            // The C library of Linux keeps the text for each thread by itself, and it is copied at once.
            return unsafe String(cString: strerror(code.rawValue))
        }
    }

    /// Whether the device, the quota or a size limit leaves no room: worth another try later.
    public var isOutOfSpace: Bool {
        [.noSpace, .quotaExceeded, .tooLarge].contains(code)
    }
}

extension FileError: CustomStringConvertible {
    public var description: String { "cannot \(operation.rawValue) \(path): \(reason)" }
}
