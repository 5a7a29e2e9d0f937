internal import Glibc

/// What the kernel accounts for a unit, read from its control group: no question to systemd.
///
/// Only the unified hierarchy (version 2) is read. Controllers that are off have no files, and so no numbers.
struct ControlGroup {
    private static let root = "/sys/fs/cgroup"

    private let folder: String

    /// `path` as systemd names it: `/system.slice/api.service`.
    init?(_ path: String) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count > 1, !path.utf8.contains(0) else { return nil }
        folder = Self.root + path
    }

    struct CPU {
        var userSeconds = 0.0
        var systemSeconds = 0.0
    }

    var cpu: CPU? {
        read("cpu.stat").map { text in
            var cpu = CPU()
            for line in text.split(separator: UInt8(ascii: "\n")) {
                let words = line.split(separator: UInt8(ascii: " "))
                guard words.count == 2, let microseconds = Self.number(words[1]) else { continue }
                if words[0].elementsEqual("user_usec".utf8) { cpu.userSeconds = microseconds / 1_000_000 }
                if words[0].elementsEqual("system_usec".utf8) { cpu.systemSeconds = microseconds / 1_000_000 }
            }
            return cpu
        }
    }

    var memoryBytes: Double? { number(in: "memory.current") }
    var tasks: Double? { number(in: "pids.current") }
    /// Nil where there is no limit.
    var tasksMax: Double? { number(in: "pids.max") }

    private func number(in file: String) -> Double? {
        read(file).flatMap { $0.split(separator: UInt8(ascii: "\n")).first.flatMap(Self.number) }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Double? {
        var number = 0.0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Double(digit - UInt8(ascii: "0"))
        }
        return digits.isEmpty ? nil : number
    }

    /// The beginning of a file; these are short. The descriptor is closed before this returns.
    private func read(_ file: String) -> [UInt8]? {
        let descriptor = unsafe open(folder + "/" + file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = close(descriptor) }
        // The kernel writes no more than the buffer holds.
        let text = unsafe [UInt8](unsafeUninitializedCapacity: 1_024) { buffer, count in
            unsafe count = Swift.max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
        }
        return text.isEmpty ? nil : text
    }
}
