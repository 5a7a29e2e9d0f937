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
        let fields = text.utf8.split(separator: UInt8(ascii: " "))
        return fields.count > 1 ? Int(Substring(fields[1])).map { $0 * Int(getpagesize()) } : nil
    }

    /// Processor time that all threads have used.
    public static var processorSeconds: Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Where files are mapped that cannot be written to and never were: the linker writes to some of them before it closes them.
    private static func unwrittenRanges() -> [Range<UInt>] {
        guard let text = try? FileSystem.readText("/proc/self/smaps") else { return [] }
        var ranges: [Range<UInt>] = []
        var candidate: Range<UInt>?
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            if line.first.map(isLargeLetter) ?? true {
                // What is told of the range above.
                guard candidate != nil, line.starts(with: "Anonymous:".utf8) else { continue }
                let isUnwritten = line.dropFirst(10).allSatisfy { " 0kB".utf8.contains($0) }
                if let range = candidate, isUnwritten { ranges.append(range) }
                candidate = nil
            } else {
                let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 5).map(Substring.init)
                let isReadOnly = fields.count == 6 && ["r-xp", "r--p"].contains(fields[1])
                candidate = isReadOnly && fields[5].drop { $0 == " " }.first == "/" ? range(fields[0]) : nil
            }
        }
        return ranges
    }

    private static func isLargeLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func range(_ bounds: Substring) -> Range<UInt>? {
        let ends = bounds.split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}

/// How much memory is kept at rest: giving back takes longer the more there is to look through, so that what is large must have
/// grown first.
public struct RestingSize: Sendable {
    private var bytes: Int?

    public init() {}

    private static let small = 32 << 20

    /// To be called now and then: gives back what has grown since the last time.
    public mutating func settle() {
        guard let resident = Footprint.resident else { return }
        if let bytes, resident - bytes < max(0, bytes - Self.small) / 16 { return }
        Footprint.giveBack()
        bytes = Footprint.resident
    }
}
