import Configuration
import EventLoop
import Files
import JSON
import Metrics
import Playbooks

extension FilesClean {
    func perform(_ order: Order) async throws -> ActionOutcome {
        try await offload(interruptible: { try Self.clean(order, $0) })
    }

    private static func clean(_ order: Order, _ interruption: Interruption) throws -> ActionOutcome {
        let plan = CleaningPlan(
            olderThan: order.arguments.duration("older_than").map { $0.rawValue.multipliedSaturated(by: 1_000_000) },
            keepNewest: Int(clamping: order.arguments.integer("keep_newest") ?? 0),
            maxTotal: order.arguments.integer("max_total")
        )
        var (count, bytes) = (0, Int64(0))
        var (removed, troubles): ([String], [String]) = ([], [])
        for path in order.arguments.texts("paths") ?? [] {
            let search = FileSearch(path, isRecursive: order.arguments.flag("recursive") == true)
            let place = try PermittedFolder(search.pattern.folder, .delete, order.tools)
            let found = try search.entries(in: place.folder, interruption)
            for entry in plan.doomed(found, now: WallClock.now.multipliedSaturated(by: 1_000_000)) {
                if interruption.isInterrupted { throw CancellationError() }
                // The folder may hold medic's own: that is none of the files that are meant.
                let file = "\(search.pattern.folder)/\(entry.parts.joined(separator: "/"))"
                if order.tools.permits.isOwn(file) { continue }
                do {
                    guard try remove(entry, below: place.folder) else { continue }
                    count += 1
                    bytes += entry.size
                    if removed.count < 100 {
                        removed.append(file)
                    }
                } catch {
                    if troubles.count < 20 { troubles.append("\(error)") }
                }
            }
        }
        let lines = removed.map { "removed \(Wording.shown($0))" } + troubles.map { Wording.shown($0) }
        let message = "deleted \(Wording.count(count, "file")), \(Wording.bytes(bytes))"
        guard troubles.isEmpty else {
            throw DeedFailure("\(message); \(troubles[0])", output: lines.joined(separator: "\n"))
        }
        return ActionOutcome(
            .succeeded,
            message: message,
            output: lines.joined(separator: "\n"),
            after: ["files": .integer(Int64(count)), "bytes": .integer(bytes)]
        )
    }

    /// Removes the very file that was found; one that took its name meanwhile stays. Whether it was removed.
    private static func remove(_ entry: CleaningPlan.Entry, below root: borrowing OpenFolder) throws -> Bool {
        guard let name = entry.parts.last else { return false }
        let folder = try root.folder(Array(entry.parts.dropLast()))
        guard let status = try folder.statusIfPresent(name), status.kind == .file, status.inode == entry.inode,
            status.device == entry.device, status.modified == entry.modified
        else { return false }
        try folder.remove(name)
        return true
    }
}

/// A folder below a permitted one, reached without following a link.
struct PermittedFolder: ~Copyable {
    let folder: OpenFolder

    init(_ path: String, _ access: Permission.Access, _ tools: ActionTools) throws {
        guard let root = tools.permits.root(of: path, for: access) else {
            throw DeedFailure(tools.permits.refusals(of: [.path(path, access)]).first ?? "\(path) is not permitted")
        }
        let inner = PermittedFile.parts(path).dropFirst(PermittedFile.parts(root).count)
        folder = try OpenFolder(root).folder(Array(inner))
    }
}

extension Int64 {
    func multipliedSaturated(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? .max : product
    }
}
