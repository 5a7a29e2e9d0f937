// Memory is given back by address: the kernel's own list of what is mapped says which addresses those are.
internal import CMemory
import Files
internal import Glibc

/// What this process keeps in memory, and how it keeps less.
public enum Footprint {
    /// Few pools for the allocator, however many threads there are: each pool keeps what was once allocated from it.
    /// To be called before there is a second thread.
    public static func limitPools() {
        medic_malloc_arenas_max(2)
    }

    /// Gives back what only the start needed: freed memory, and the pages of code and constants that nobody has asked for in long. They
    /// come back from their files at their next use.
    public static func giveBack() {
        medic_malloc_trim()
        for range in unwrittenRanges() {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // Nothing was ever written to these pages, so nothing is lost with them.
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// Bytes that are resident at this moment; nil where the kernel does not tell.
    public static var resident: Int? {
        guard let text = try? FileSystem.readText("/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }

    /// Where files are mapped that cannot be written to and never were: the linker writes to some of them before it closes them.
    private static func unwrittenRanges() -> [Range<UInt>] {
        guard let text = try? FileSystem.readText("/proc/self/smaps") else { return [] }
        var ranges: [Range<UInt>] = []
        var candidate: Range<UInt>?
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            if fields[0] == "Anonymous:" {
                if let range = candidate, fields.count > 1, fields[1] == "0" { ranges.append(range) }
                candidate = nil
            } else if fields.count >= 6, fields[1] == "r-xp" || fields[1] == "r--p", fields[5].hasPrefix("/") {
                candidate = range(fields[0])
            } else if fields[0].contains("-") {
                candidate = nil
            }
        }
        return ranges
    }

    private static func range(_ bounds: Substring) -> Range<UInt>? {
        let ends = bounds.split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}

/// How much memory is kept at rest: giving back takes milliseconds, and pages that are needed all the time come back at once, so it is
/// done only where there is something to give.
public struct RestingSize: Sendable {
    private var bytes: Int?

    public init() {}

    private static let leastGrowth = 1 << 20

    /// Gives back what has grown since the last time, where that is much.
    public mutating func settle() {
        guard let resident = Footprint.resident else { return }
        if let bytes, resident - bytes < max(Self.leastGrowth, bytes / 16) { return }
        Footprint.giveBack()
        bytes = Footprint.resident
    }
}
