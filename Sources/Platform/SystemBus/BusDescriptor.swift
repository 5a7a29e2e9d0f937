internal import Glibc

/// An open file that travels with a message. Closed when nobody has it any more.
public final class BusDescriptor: Sendable, Hashable {
    /// The number under which this process knows it.
    public let number: Int32

    /// Takes a copy of an open descriptor; the original stays the caller's.
    public init(duplicating original: Int32) throws(BusError) {
        let copy = fcntl(original, F_DUPFD_CLOEXEC, 3)
        guard copy >= 0 else { throw BusError(code: errno, doing: "copy a file descriptor") }
        number = copy
    }

    deinit {
        _ = Glibc.close(number)
    }

    public static func == (left: BusDescriptor, right: BusDescriptor) -> Bool { left === right }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(self))
    }
}
