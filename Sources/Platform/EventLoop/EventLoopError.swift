internal import Glibc

/// The kernel refused something that a loop needs.
public struct EventLoopError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The system call.
    public let call: String
    /// What `errno` said.
    public let code: Int32

    init(_ call: String, code: Int32 = errno) {
        self.call = call
        self.code = code
    }

    public var description: String {
        "\(call): \(unsafe String(cString: strerror(code)))"
    }
}
