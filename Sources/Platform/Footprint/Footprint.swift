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
}

/// How much memory is kept at rest: giving back takes longer the more there is to look through, so that what is large must have
/// grown first.
public struct RestingSize: Sendable {
    private var bytes: Int?
    private var files = UnwrittenFiles()

    public init() {}

    private static let small = 32 << 20

    /// To be called now and then: gives back what has grown since the last time.
    public mutating func settle() {
        guard let resident = Footprint.resident else { return }
        if let bytes, resident - bytes < max(0, bytes - Self.small) / 16 { return }
        giveBack()
        bytes = Footprint.resident
    }

    /// Gives back what only the start needed: freed memory, and the pages of code and constants that nobody has asked for in long. They
    /// come back from their files at their next use.
    private mutating func giveBack() {
        medic_malloc_trim()
        for range in files.ranges() {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // Nothing was ever written to these pages, so nothing is lost with them.
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }
}
