import Files
import Processes

/// What the kernel tells of the host, as text for people. Blocking.
enum HostFacts {
    private static let processesShown = 20
    private static let fileBytesMax = 1 << 20

    static func host() throws -> String {
        var text = ""
        for name in ["uptime", "loadavg", "meminfo", "pressure/cpu", "pressure/memory", "pressure/io", "vmstat"] {
            guard let content = try? FileSystem.readText("/proc/\(name)", limit: fileBytesMax) else { continue }
            let lines = name == "vmstat" ? content.split(separator: "\n").filter { $0.hasPrefix("oom") } : []
            text += "== \(name)\n" + (name == "vmstat" ? lines.joined(separator: "\n") + "\n" : content)
        }
        return text + "== disks\n" + disks()
    }

    private static func disks() -> String {
        let mounts = (try? FileSystem.readText("/proc/self/mounts", limit: fileBytesMax)) ?? ""
        var seen: Set<Substring> = []
        var text = ""
        for line in mounts.split(separator: "\n") {
            let fields = line.split(separator: " ")
            // Devices alone: a network file system that hangs would hang this too.
            guard fields.count > 2, fields[0].hasPrefix("/dev/"), seen.insert(fields[0]).inserted,
                let space = try? FileSystem.freeSpace(at: String(fields[1])), space.total > 0
            else { continue }
            let share = Double(space.available) / Double(space.total) * 100
            text +=
                "\(fields[1]): \(Wording.bytes(Int64(clamping: space.available))) of "
                + "\(Wording.bytes(Int64(clamping: space.total))) free (\(Int(share)) %)\n"
        }
        return text
    }

    /// Those that hold the most memory, and those that have used the processor the longest.
    static func processes() throws -> String {
        let all = try ProcessFacts.all().compactMap { ProcessFacts($0) }
        func table(_ title: String, _ facts: [ProcessFacts]) -> String {
            "== \(title)\n"
                + facts.prefix(processesShown).map { process in
                    let words = process.arguments.isEmpty ? "[\(process.name)]" : Wording.command(process.arguments)
                    return "\(process.number) \(Wording.bytes(process.memory)) \(process.ticks) ticks "
                        + "\(process.unit ?? "-") \(words)\n"
                }.joined()
        }
        return table("by memory", all.sorted { ($0.memory, $1.number) > ($1.memory, $0.number) })
            + table("by processor time", all.sorted { ($0.ticks, $1.number) > ($1.ticks, $0.number) })
    }

    /// Ports that are listened on, and how many connections are in which state.
    static func sockets() throws -> String {
        let states = [
            "01": "established", "02": "syn-sent", "03": "syn-received", "04": "fin-wait-1", "05": "fin-wait-2",
            "06": "time-wait", "07": "closed", "08": "close-wait", "09": "last-ack", "0A": "listening", "0B": "closing",
        ]
        var counts: [String: Int] = [:]
        var ports: Set<Int> = []
        for name in ["tcp", "tcp6"] {
            guard let text = try? FileSystem.readText("/proc/net/\(name)", limit: 16 << 20) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                guard fields.count > 3 else { continue }
                counts[states[String(fields[3])] ?? "other", default: 0] += 1
                let port = fields[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
                if fields[3] == "0A", let port { ports.insert(port) }
            }
        }
        let listed = counts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
        return "== connections\n\(listed)== listening\n" + ports.sorted().map { "\($0)\n" }.joined()
    }
}
