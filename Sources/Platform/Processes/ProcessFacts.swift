public import Files
internal import Glibc

/// What the kernel tells of a process.
public struct ProcessFacts: Sendable, Hashable {
    public let number: Int32
    /// The program it runs; nil where that may not be seen. A program that was replaced on disk is told without the mark that it is gone.
    public let program: String?
    public let arguments: [String]
    /// The control group: `/system.slice/api.service`.
    public let group: String?
    /// Resident memory in bytes, and processor time in clock ticks.
    public let memory: Int64
    public let ticks: Int64
    public let name: String

    private static let fileBytesMax = 256 * 1024

    /// nil when there is no such process any more.
    public init?(_ number: Int32) {
        guard let stat = Self.read(number, "stat") else { return nil }
        self.number = number
        program = Self.link(number, "exe").map { path in
            path.hasSuffix(" (deleted)") ? String(path.dropLast(10)) : path
        }
        arguments = (Self.read(number, "cmdline") ?? []).split(separator: 0, omittingEmptySubsequences: false)
            .dropLast().map { String(decoding: $0, as: UTF8.self) }
        let groups = String(decoding: Self.read(number, "cgroup") ?? [], as: UTF8.self).split(separator: "\n")
        group = groups.first { $0.hasPrefix("0::") }.map { String($0.dropFirst(3)) }
        // The name stands in brackets and may hold brackets and blanks itself, so the numbers begin behind the last one.
        let begin = stat.firstIndex(of: UInt8(ascii: "(")) ?? stat.startIndex
        let end = stat.lastIndex(of: UInt8(ascii: ")")) ?? begin
        name = end > begin ? String(decoding: stat[(begin + 1)..<end], as: UTF8.self) : ""
        let fields = stat[end...].split(separator: 0x20).map { Int64(String(decoding: $0, as: UTF8.self)) ?? 0 }
        ticks = fields.count > 13 ? fields[12] &+ fields[13] : 0
        memory = fields.count > 22 ? fields[22] &* Int64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }

    /// The last part of the control group that is a unit of systemd.
    public var unit: String? {
        let suffixes = [".service", ".scope", ".socket", ".mount", ".swap"]
        return group?.split(separator: "/").last { part in suffixes.contains { part.hasSuffix($0) } }.map(String.init)
    }

    /// The number of this process.
    public static var own: Int32 { getpid() }

    /// The user whose rights this process has.
    public static var ownUser: UInt32 { geteuid() }

    /// The numbers of all processes.
    public static func all() throws(FileError) -> [Int32] {
        try FileSystem.list("/proc").compactMap { Int32($0) }
    }

    private static func read(_ number: Int32, _ name: String) -> [UInt8]? {
        try? FileSystem.read("/proc/\(number)/\(name)", limit: fileBytesMax)
    }

    private static func link(_ number: Int32, _ name: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlinkat(AT_FDCWD, "/proc/\(number)/\(name)", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
