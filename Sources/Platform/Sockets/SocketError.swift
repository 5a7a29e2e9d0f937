internal import Glibc

/// Why a connection cannot be had, or was lost.
public enum SocketError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name leads to no address.
    case unresolved(host: String, reason: String)
    case failed(call: String, code: Int32)
    case timedOut
    case cancelled
    /// The other side has closed.
    case closed
    /// The path of a unix socket is longer than the kernel takes.
    case pathTooLong

    public var description: String {
        switch self {
        case .unresolved(let host, let reason): "cannot find the address of \(host): \(reason)"
        // The C library keeps the text for each thread by itself, and it is copied at once.
        case .failed(let call, let code): "\(call): \(unsafe String(cString: strerror(code)))"
        case .timedOut: "no answer in time"
        case .cancelled: "cancelled"
        case .closed: "the other side closed the connection"
        case .pathTooLong: "the path of the socket is too long"
        }
    }
}
