internal import Glibc

/// Tells the service manager how the agent is doing, in the words of sd_notify(3). Without a manager it says nothing.
///
/// Pointers into the message live as long as the call that sends it.
public struct ServiceNotifier: Sendable {
    private let address: [UInt8]?
    /// How often a sign of life is expected, in microseconds; nil where nobody watches.
    public let watchdogMicroseconds: Int64?

    /// Takes the manager's address and its demands from the environment that it gave this process.
    public init(environment: (String) -> String?) {
        address = environment("NOTIFY_SOCKET").flatMap { path in
            let isKnown = path.hasPrefix("/") || path.hasPrefix("@")
            return isKnown && path.utf8.count < 108 ? Array(path.utf8) : nil
        }
        let isForUs = environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
        watchdogMicroseconds = isForUs ? environment("WATCHDOG_USEC").flatMap { Int64($0) } : nil
    }

    /// Everything that is to be watched has started.
    public func ready() { send("READY=1") }

    /// A reload has begun; `ready` ends it. The moment is the monotonic clock's, in microseconds.
    public func reloading(atMicroseconds moment: Int64) { send("RELOADING=1\nMONOTONIC_USEC=\(moment)") }

    public func stopping() { send("STOPPING=1") }

    /// One line for `systemctl status`.
    public func status(_ line: String) {
        send("STATUS=" + line.map { $0 == "\n" ? " " : String($0) }.joined())
    }

    /// A sign of life for the watchdog.
    public func alive() { send("WATCHDOG=1") }

    private func send(_ message: String) {
        guard let path = address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            unsafe room.copyBytes(from: path)
            // An address that begins with @ is an abstract one, which begins with NUL.
            if path.first == UInt8(ascii: "@") { unsafe room[0] = 0 }
        }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bytes.withUnsafeBytes { bytes in
                    // A manager that does not listen is no reason to stop working.
                    _ = unsafe sendto(
                        descriptor,
                        bytes.baseAddress,
                        bytes.count,
                        Int32(MSG_NOSIGNAL),
                        generic,
                        length
                    )
                }
            }
        }
    }
}
