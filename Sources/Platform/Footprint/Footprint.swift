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

    /// Gives back what only the start needed: freed memory, and the pages of code that nobody has been in for long. Code comes
    /// back from the file at its next use.
    public static func giveBack() {
        medic_malloc_trim()
        for range in codeRanges() {
            guard let start = unsafe UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
            // Pages of code are never written to, so nothing is lost with them.
            _ = unsafe madvise(start, range.count, MADV_DONTNEED)
        }
    }

    /// Bytes that are resident at this moment; nil where the kernel does not tell.
    public static var resident: Int? {
        guard let text = try? FileSystem.readText("/proc/self/statm") else { return nil }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
    }

    /// Where code of files is mapped that cannot be written to.
    private static func codeRanges() -> [Range<UInt>] {
        guard let text = try? FileSystem.readText("/proc/self/maps") else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return bounds.count == 2 && bounds[0] < bounds[1] ? bounds[0]..<bounds[1] : nil
        }
    }
}
