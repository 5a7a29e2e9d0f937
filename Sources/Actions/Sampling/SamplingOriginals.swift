import Files
import JSON

/// The rates before the first lowering, each in a small file, so that a restart of medic does not forget them. Blocking.
struct SamplingOriginals: Sendable {
    private let folder: String

    init(_ tools: ActionTools) {
        folder = "\(tools.folder)/sampling"
    }

    func original(of target: SamplingTarget) throws -> String? {
        let path = path(target)
        guard try FileSystem.statusIfPresent(path) != nil else { return nil }
        let text = try FileSystem.readText(path, limit: 64 * 1024)
        guard let original = (try? JSONValue(parsing: text))?["original"]?.string else {
            throw DeedFailure("the remembered rate in \(path) is damaged")
        }
        return original
    }

    /// Remembers the rate unless one is remembered already: the first lowering began it.
    func remember(_ text: String, of target: SamplingTarget) throws {
        guard try original(of: target) == nil else { return }
        try FileSystem.createFolder(folder, permissions: 0o700)
        let value: JSONValue = ["target": .string(target.words), "original": .string(text)]
        try FileSystem.replace(path(target), with: Array(value.description.utf8), permissions: .exactly(0o600))
    }

    func forget(_ target: SamplingTarget) throws {
        guard try FileSystem.statusIfPresent(path(target)) != nil else { return }
        try FileSystem.remove(path(target))
        try FileSystem.syncFolder(folder)
    }

    private func path(_ target: SamplingTarget) -> String { "\(folder)/\(target.identity).json" }
}
