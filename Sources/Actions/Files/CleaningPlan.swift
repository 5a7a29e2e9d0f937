/// Which of the files found are to go. A value: it decides and touches nothing.
struct CleaningPlan {
    struct Entry: Sendable, Hashable {
        /// The parts of its path below the root.
        let parts: [String]
        let size: Int64
        /// In nanoseconds since the Unix epoch.
        let modified: Int64
        let inode: UInt64
        let device: UInt64
    }

    /// In nanoseconds; nil: of any age.
    var olderThan: Int64?
    var keepNewest = 0
    /// In bytes; nil: all of them may go.
    var maxTotal: Int64?

    /// The oldest first.
    func doomed(_ entries: [Entry], now: Int64) -> [Entry] {
        let sorted = entries.sorted { ($0.modified, $0.inode) < ($1.modified, $1.inode) }
        var total = sorted.reduce(Int64(0)) { $0.addingReportingOverflow($1.size).partialValue }
        var doomed: [Entry] = []
        for entry in sorted.dropLast(keepNewest) {
            if let maxTotal, total <= maxTotal { break }
            if let olderThan, now.subtractingReportingOverflow(entry.modified).partialValue < olderThan { break }
            doomed.append(entry)
            total -= entry.size
        }
        return doomed
    }
}
