internal import Glibc

/// The journal's own socket: one datagram a line, each field under its name, so that `journalctl MEDIC_COMPONENT=scraping` works.
///
/// See systemd's "Native Journal Protocol". Pointers into the datagram live as long as the call that sends it.
final class JournalSocket: Sendable {
    static let path = "/run/systemd/journal/socket"
    /// A longer value is cut: a datagram beyond the socket's buffer would be refused as a whole.
    static let valueBytesMax = 48 * 1024

    private let descriptor: Int32
    private let identifier: String

    init?(identifier: String) {
        guard unsafe access(Self.path, W_OK) == 0 else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.identifier = identifier
    }

    deinit {
        close(descriptor)
    }

    func send(_ entry: LogEntry) -> Bool {
        var datagram: [UInt8] = []
        var shown = entry.message
        for field in entry.fields { shown += " \(field.name)=\(field.value)" }
        Self.append("MESSAGE", "\(entry.component): \(shown)", to: &datagram)
        Self.append("PRIORITY", String(entry.level.priority), to: &datagram)
        Self.append("SYSLOG_IDENTIFIER", identifier, to: &datagram)
        Self.append("MEDIC_COMPONENT", entry.component, to: &datagram)
        for field in entry.fields { Self.append(Self.fieldName(field.name), field.value, to: &datagram) }
        return send(datagram)
    }

    /// Values with a line break are told by their length, all others by the end of the line.
    static func append(_ name: String, _ value: String, to datagram: inout [UInt8]) {
        let bytes = value.utf8.prefix(valueBytesMax)
        datagram.append(contentsOf: name.utf8)
        if bytes.contains(UInt8(ascii: "\n")) {
            datagram.append(UInt8(ascii: "\n"))
            for shift in 0..<8 { datagram.append(UInt8(truncatingIfNeeded: bytes.count >> (8 * shift))) }
        } else {
            datagram.append(UInt8(ascii: "="))
        }
        datagram.append(contentsOf: bytes)
        datagram.append(UInt8(ascii: "\n"))
    }

    /// The journal takes capital letters, digits and underscores, not at the beginning.
    static func fieldName(_ name: String) -> String {
        let letters = name.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return "MEDIC_" + String(decoding: letters.prefix(50), as: UTF8.self)
    }

    private func send(_ datagram: [UInt8]) -> Bool {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: Self.path.utf8) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe datagram.withUnsafeBytes { bytes in
                    // Without waiting: a journal that hangs must not make medic hang.
                    unsafe sendto(
                        descriptor,
                        bytes.baseAddress,
                        bytes.count,
                        Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL),
                        generic,
                        length
                    )
                }
            }
        }
        return sent == datagram.count
    }
}
