import EventLoop
import JSON
import Metrics
import Playbooks

extension ConfigRollback {
    func perform(_ order: Order) async throws -> ActionOutcome {
        try await offload(interruptible: { interruption in
            let changes = try Self.changes(order)
            let check = order.arguments.texts("check") ?? []
            var output = ""
            var done: [FileChange] = []
            for change in changes where !change.isNone {
                do {
                    output += try change.carryOut(check: check, order, interruption)
                    try order.tools.versions.condemn(
                        change.former,
                        of: change.path,
                        at: Timestamp(milliseconds: WallClock.now)
                    )
                } catch {
                    // Files that belong together go back together, or not at all.
                    var failure = DeedFailure(error)
                    failure.output = output + failure.output
                    if !done.isEmpty { failure.undo = Undo.all(done.map(\.undo)).json }
                    throw failure
                }
                output += TextDifference.between(change.former, change.content, path: change.path)
                done.append(change)
            }
            let files = Wording.list(changes.map(\.path))
            return ActionOutcome(
                .succeeded,
                message: done.isEmpty
                    ? "\(files): the version asked for is in place already"
                    : "put the version \(done.map { Self.short($0.content) }.joined(separator: ", ")) of \(files) back",
                output: output,
                before: Self.digests(changes.map { ($0.path, $0.former) }),
                after: Self.digests(changes.map { ($0.path, $0.content) }),
                undo: done.isEmpty ? nil : Undo.all(done.map(\.undo)).json
            )
        })
    }

    func rollback(_ order: Order) async throws -> Undo? {
        let changes = try await offload {
            let changes = try Self.changes(order).filter { !$0.isNone }
            for change in changes { try order.tools.versions.store(change.former) }
            return changes
        }
        var undos: [Undo] = []
        for change in changes { undos.append(change.undo(takenUpBy: await change.readers(order))) }
        return undos.isEmpty ? nil : .all(undos)
    }

    /// What each file holds, and what it is to hold.
    private static func changes(_ order: Order) throws -> [FileChange] {
        let files = files(of: order.arguments)
        guard !files.isEmpty else { throw DeedFailure("no file is named") }
        return try files.map { path in
            let former = try FileChange.present(path, order.tools)
            let digest = try target(path, former, order)
            return FileChange(path: path, former: former, content: try order.tools.versions.content(digest))
        }
    }

    /// The version that is asked for. What is in place may be newer than what was last looked at, so it is told apart by its bytes.
    private static func target(_ path: String, _ present: [UInt8], _ order: Order) throws -> String {
        let name = order.arguments.text("to") ?? "known_good"
        guard let history = order.tools.versions.history(of: path) else {
            throw DeedFailure("no version of \(path) is known: name the file in `config: {track: [...]}`")
        }
        if name != "known_good" {
            guard let version = history.version(name) else {
                throw DeedFailure("there is no version '\(Wording.shown(name))' of \(path), or more than one begins so")
            }
            return version.digest
        }
        let digest = ConfigVersions.digest(of: present)
        if let good = history.versions.last(where: { $0.good != nil && $0.digest != digest }) { return good.digest }
        if history.versions.contains(where: { $0.good != nil && $0.digest == digest }) { return digest }
        throw DeedFailure("no version of \(path) is known to be good yet, so there is nothing to go back to")
    }

    private static func short(_ bytes: [UInt8]) -> String { String(ConfigVersions.digest(of: bytes).prefix(12)) }

    private static func digests(_ files: [(String, [UInt8])]) -> JSONValue {
        .object(
            JSONObject(files.map { JSONObject.Member(name: $0.0, value: .string(ConfigVersions.digest(of: $0.1))) })
        )
    }
}
