import EventLoop
import Files
import JSON
import Playbooks

/// The files of a folder as a queue. Blocking.
struct SpoolQueue {
    private let queue: Queue
    private let folder: String
    private let names: String

    init(_ queue: Queue) throws {
        guard let folder = queue.settings.text("folder") else { throw DeedFailure("'folder' is missing") }
        self.queue = queue
        self.folder = folder
        names = queue.settings.text("names") ?? "*"
    }

    /// The oldest first, no more than may be touched at once; hidden files are somebody's unfinished work.
    func files() throws -> [CleaningPlan.Entry] {
        let access: Permission.Access = queue.order.arguments.text("mode") == "drain" ? .read : .delete
        let place = try PermittedFolder(folder, access, queue.order.tools)
        var entries: [CleaningPlan.Entry] = []
        for name in try place.folder.names(limit: FileSearch.entriesMax) where PathPattern.matches(names, name) {
            guard let status = try place.folder.statusIfPresent(name), status.kind == .file else { continue }
            entries.append(
                CleaningPlan.Entry(
                    parts: [name],
                    size: status.size,
                    modified: status.modified,
                    inode: status.inode,
                    device: status.device
                )
            )
        }
        return entries.sorted { ($0.modified, $0.inode) < ($1.modified, $1.inode) }
    }

    /// Each file is copied, on the device, and only then removed.
    func quarantine(_ interruption: Interruption) throws -> Flushed {
        let target = "\(queue.order.tools.folder)/quarantine/\(queue.order.mark)-spool"
        try FileSystem.createFolder(target, permissions: 0o700)
        let settings: JSONValue = ["medic": "quarantine", "version": 1, "backend": "spool", "folder": .string(folder)]
        try FileSystem.replace(
            "\(target)/.medic.json",
            with: Array(settings.description.utf8),
            permissions: .exactly(0o600)
        )
        let place = try PermittedFolder(folder, .delete, queue.order.tools)
        var flushed = Flushed(quarantine: target)
        let room = queue.order.arguments.integer("most_bytes") ?? 1 << 30
        var bytes: Int64 = 0
        for entry in try files().prefix(queue.most) {
            if interruption.isInterrupted { throw CancellationError() }
            guard bytes + entry.size <= room else { break }
            try place.folder.copy(entry.parts[0], to: "\(target)/\(entry.parts[0])")
            try FileSystem.syncFolder(target)
            try place.folder.remove(entry.parts[0])
            bytes += entry.size
            flushed.count += 1
        }
        return flushed
    }

    func purge(_ interruption: Interruption) throws -> Flushed {
        let place = try PermittedFolder(folder, .delete, queue.order.tools)
        var flushed = Flushed()
        for entry in try files().prefix(queue.most) {
            if interruption.isInterrupted { throw CancellationError() }
            try place.folder.remove(entry.parts[0])
            flushed.count += 1
        }
        return flushed
    }
}
