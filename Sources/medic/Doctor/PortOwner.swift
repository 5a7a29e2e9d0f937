import Files

/// Which program listens on a port of this host, as far as whoever asks may see.
enum PortOwner {
    /// Its name and process, as in `python3 (412)`; nil where that cannot be seen.
    static func find(_ port: UInt16) -> String? {
        let sockets = ["tcp", "tcp6"].flatMap { listening(on: port, "/proc/net/\($0)") }
        guard !sockets.isEmpty else { return nil }
        for process in (try? FileSystem.list("/proc")) ?? [] where process.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) {
            for descriptor in (try? FileSystem.list("/proc/\(process)/fd")) ?? [] {
                guard let status = try? FileSystem.status("/proc/\(process)/fd/\(descriptor)"),
                    status.kind == .other, sockets.contains(status.inode)
                else { continue }
                let name = (try? FileSystem.readText("/proc/\(process)/comm"))?.split(separator: "\n").first
                return "\(name.map(String.init) ?? "a program") (\(process))"
            }
        }
        return nil
    }

    /// The numbers of the sockets that listen there.
    private static func listening(on port: UInt16, _ table: String) -> [UInt64] {
        let lines = ((try? FileSystem.readText(table)) ?? "").split(separator: "\n").dropFirst()
        return lines.compactMap { line in
            let fields = line.split(separator: " ")
            // The second field is address:port in hexadecimal digits, the fourth the state, of which 0A listens.
            guard fields.count > 9, fields[3] == "0A", let digits = fields[1].split(separator: ":").last,
                UInt16(digits, radix: 16) == port
            else { return nil }
            return UInt64(fields[9])
        }
    }
}
