internal import Glibc

/// Why a call over the bus has no answer, or an error for one.
public struct BusError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The other side answered with an error; `name` and `message` are its own.
        case remote
        /// No answer in time.
        case timeout
        /// There is no connection, or it was lost before the answer; whether the call was carried out is not known.
        case disconnected
        /// The caller gave up.
        case cancelled
        /// The values cannot be sent: a text with a NUL, a path that is none, elements of different types.
        case invalidArgument
        /// The message that arrived cannot be read, or is larger or deeper than is allowed.
        case malformed
        /// Too many calls wait for their answers.
        case overloaded
    }

    public let kind: Kind
    /// The error's name on the bus, such as `org.freedesktop.DBus.Error.AccessDenied`; empty when it did not come from there.
    public let name: String
    /// What the other side said, or what happened.
    public let message: String

    public init(_ kind: Kind, name: String = "", message: String) {
        self.kind = kind
        self.name = name
        self.message = message
    }

    /// What the library said; its results are error numbers of the system, negative or not.
    init(_ kind: Kind = .disconnected, code: Int32, doing deed: String) {
        let reason = unsafe String(cString: strerror(code.magnitude > 4_095 ? EIO : abs(code)))
        self.init(kind, message: "cannot \(deed): \(reason)")
    }

    public var description: String {
        name.isEmpty ? message : "\(message) (\(name))"
    }

    /// Whether the other side used this name for its error.
    public func isNamed(_ other: String) -> Bool {
        name.utf8.elementsEqual(other.utf8)
    }
}
