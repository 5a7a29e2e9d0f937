import EventLoop
import Files

/// Finds the files that a path with wildcards means. Links are not followed and not found.
struct FileSearch {
    static let entriesMax = 1_000_000
    private static let depthMax = 32

    let pattern: PathPattern
    private let isRecursive: Bool

    init(_ path: String, isRecursive: Bool) {
        pattern = PathPattern(path)
        self.isRecursive = isRecursive
    }

    func entries(in root: borrowing OpenFolder, _ interruption: Interruption) throws -> [CleaningPlan.Entry] {
        var entries: [CleaningPlan.Entry] = []
        try collect(root, [], pattern.parts[...], &entries, interruption)
        return entries
    }

    private func collect(
        _ folder: borrowing OpenFolder,
        _ above: [String],
        _ parts: ArraySlice<String>,
        _ entries: inout [CleaningPlan.Entry],
        _ interruption: Interruption
    ) throws {
        guard above.count <= Self.depthMax else { throw DeedFailure("the folders are nested too deeply") }
        if interruption.isInterrupted { throw CancellationError() }
        for name in try folder.names(limit: Self.entriesMax) {
            guard parts.first.map({ PathPattern.matches($0, name) }) ?? true else { continue }
            guard let status = try folder.statusIfPresent(name) else { continue }
            let isLast = parts.count <= 1
            switch status.kind {
            case .file where isLast:
                guard entries.count < Self.entriesMax else {
                    throw DeedFailure("more than \(Self.entriesMax) files match")
                }
                entries.append(
                    CleaningPlan.Entry(
                        parts: above + [name],
                        size: status.size,
                        modified: status.modified,
                        inode: status.inode,
                        device: status.device
                    )
                )
            case .folder where !isLast || isRecursive:
                try collect(try folder.folder([name]), above + [name], parts.dropFirst(), &entries, interruption)
            default: continue
            }
        }
    }
}
