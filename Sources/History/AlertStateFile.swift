internal import Files
internal import JSON
public import Rules
import Synchronization

/// Keeps the alerts in one file, replaced in one step at each change: for agents without a database.
public final class AlertStateFile: AlertStateStore {
    /// A file that cannot be read as alerts.
    public struct Damage: Error, Sendable {
        public let path: String
        public let reason: String
    }

    private let path: String
    // The groups as they stand in the file, by key; nil until the file has been read.
    private let groups = Mutex<Groups?>(nil)

    public init(_ path: String) {
        self.path = path
    }

    /// The saved groups; none where there is no file yet. A damaged file is set aside, as `PATH.damaged`, and told of.
    public func load() throws -> [SavedGroup] {
        let loaded = groups.withLock { groups in
            let loaded = read()
            if case .success(let known) = loaded { groups = known }
            return loaded
        }
        return try loaded.get().values.sorted { $0.key < $1.key }
    }

    public func save(_ group: SavedGroup) throws {
        try change { $0[group.key] = group }
    }

    public func keepOnly(keys: [String]) throws {
        let kept = Set(keys)
        try change { groups in groups = groups.filter { kept.contains($0.key) } }
    }

    private typealias Groups = [String: SavedGroup]

    // The lock is held while the file is replaced, so that the file is always as new as what is remembered.
    private func change(_ body: (inout Groups) -> Void) throws {
        let outcome = groups.withLock { groups -> Result<Void, any Error> in
            let known: Result<Groups, any Error> = groups.map { .success($0) } ?? read()
            return known.flatMap { before in
                var changed = before
                body(&changed)
                groups = changed
                return changed == before ? .success(()) : write(changed)
            }
        }
        try outcome.get()
    }

    private func write(_ groups: Groups) -> Result<Void, any Error> {
        let tree = JSONValue.array(groups.values.sorted { $0.key < $1.key }.map(\.json))
        return Result { try FileSystem.replace(path, with: Array(tree.description.utf8)) }
    }

    private func read() -> Result<Groups, any Error> {
        Result {
            guard try FileSystem.statusIfPresent(path) != nil else { return [:] }
            let bytes = try FileSystem.read(path)
            if let groups = Self.decoded(bytes) { return groups }
            try FileSystem.rename(path, to: path + ".damaged")
            throw Damage(path: path, reason: "it does not hold alerts; it is kept as \(path).damaged")
        }
    }

    private static func decoded(_ bytes: [UInt8]) -> Groups? {
        guard let elements = (try? JSONValue(parsing: bytes))?.array else { return nil }
        let groups = elements.compactMap(SavedGroup.init(json:))
        guard groups.count == elements.count else { return nil }
        return Dictionary(groups.map { ($0.key, $0) }) { $1 }
    }
}
