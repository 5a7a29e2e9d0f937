public import Configuration
import EventLoop
import Files
import JSON
public import Logging
public import Metrics
import Playbooks
import Secrets
import Synchronization

/// A tracked file that has another content than before, or whose content was found to be good.
public struct ConfigChange: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case changed(from: String?, to: String)
        case missing
        case knownGood(String)
    }

    public let path: String
    public let kind: Kind
    /// Line by line, secrets struck out; empty where there was nothing to compare.
    public let difference: String
}

/// The contents that configuration files have had, stored by their digests in a folder, and which of them worked.
///
/// Blocking: for threads that may. What happened to one file is in one small file beside the contents, replaced as a whole.
public final class ConfigVersions: Sendable {
    /// Configuration files are small; a larger file is not tracked and cannot be edited.
    static let fileBytesMax = 8 << 20

    private struct State {
        var files: [TrackedFile]
        var histories: [String: FileHistory] = [:]
    }

    private let folder: String
    private let log: Logger
    private let state: Mutex<State>

    /// Reads what the folder holds; it is made when something is stored.
    public init(folder: String, files: [TrackedFile], log: Logger) {
        self.folder = folder
        self.log = log
        var state = State(files: files)
        let names = (try? FileSystem.list("\(folder)/files")) ?? []
        for name in names where name.hasSuffix(".json") {
            do {
                let text = try FileSystem.readText("\(folder)/files/\(name)", limit: 4 << 20)
                guard let history = FileHistory(json: try JSONValue(parsing: text)) else { continue }
                state.histories[history.path] = history
            } catch {
                log.warning("versions of a file cannot be read", ["file": name, "reason": "\(error)"])
            }
        }
        self.state = Mutex(state)
    }

    /// Other files are tracked from now on; what is known of the former stays.
    public func track(_ files: [TrackedFile]) {
        state.withLock { $0.files = files }
    }

    public var tracked: [TrackedFile] { state.withLock { $0.files } }

    /// What is known of a file; nil when it was never seen.
    public func history(of path: String) -> FileHistory? { state.withLock { $0.histories[path] } }

    /// Looks at every tracked file. `isTroubled` says whether an alert fires on one of the units.
    public func look(at now: Timestamp, isTroubled: (TrackedFile) -> Bool) -> [ConfigChange] {
        tracked.flatMap { file in
            do {
                return try look(at: file, now, isTroubled: isTroubled(file))
            } catch {
                log.warning("a tracked file cannot be kept", ["file": file.path, "reason": "\(error)"])
                return []
            }
        }
    }

    private func look(at file: TrackedFile, _ now: Timestamp, isTroubled: Bool) throws -> [ConfigChange] {
        var history = history(of: file.path) ?? FileHistory(path: file.path)
        let former = history
        var changes: [ConfigChange] = []
        if let status = try FileSystem.statusIfPresent(file.path), status.kind == .file {
            let bytes = try FileSystem.read(file.path, limit: Self.fileBytesMax)
            let digest = Self.digest(of: bytes)
            if history.see(digest, size: bytes.count, at: now) {
                try store(bytes, digest)
                let old = former.current.flatMap { try? content($0) }
                changes.append(
                    ConfigChange(
                        path: file.path,
                        kind: .changed(from: former.current, to: digest),
                        difference: old.map { TextDifference.between($0, bytes, path: file.path) } ?? ""
                    )
                )
            }
            if history.judge(isTroubled: isTroubled, goodAfter: file.goodAfter, at: now) {
                changes.append(ConfigChange(path: file.path, kind: .knownGood(digest), difference: ""))
            }
        } else if history.current != nil {
            history.miss()
            changes.append(ConfigChange(path: file.path, kind: .missing, difference: ""))
        }
        let gone = history.prune(keep: file.keep)
        if history != former { try save(history, hasNews: !changes.isEmpty || Self.judged(former, history)) }
        for digest in gone where !isUsed(digest) { try? FileSystem.remove(path(of: digest)) }
        return changes
    }

    /// Whether something is worth a write: that the last good moment moved on is not, until the next change.
    private static func judged(_ former: FileHistory, _ now: FileHistory) -> Bool {
        zip(former.versions, now.versions).contains {
            ($0.good == nil) != ($1.good == nil) || $0.quietSince != $1.quietSince
        }
    }

    private func isUsed(_ digest: String) -> Bool {
        state.withLock { $0.histories.values.contains { $0.versions.contains { $0.digest == digest } } }
    }

    private func save(_ history: FileHistory, hasNews: Bool) throws {
        state.withLock { $0.histories[history.path] = history }
        guard hasNews else { return }
        try FileSystem.createFolder("\(folder)/files", permissions: 0o700)
        let name = Self.digest(of: Array(history.path.utf8)).prefix(32)
        try FileSystem.replace(
            "\(folder)/files/\(name).json",
            with: Array(history.json.description.utf8),
            permissions: .exactly(0o600)
        )
    }

    // MARK: Contents

    static func digest(of bytes: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hexadecimal()
    }

    private func path(of digest: String) -> String { "\(folder)/contents/\(digest)" }

    /// Keeps a content; on the device when this returns.
    @discardableResult
    func store(_ bytes: [UInt8], _ known: String? = nil) throws -> String {
        let digest = known ?? Self.digest(of: bytes)
        if try FileSystem.statusIfPresent(path(of: digest)) != nil { return digest }
        try FileSystem.createFolder("\(folder)/contents", permissions: 0o700)
        try FileSystem.replace(path(of: digest), with: bytes, permissions: .exactly(0o600))
        return digest
    }

    /// A kept content. One that does not have its digest any more is refused.
    func content(_ digest: String) throws -> [UInt8] {
        let isDigest = digest.utf8.count == 64 && digest.utf8.allSatisfy { $0 &- 48 < 10 || $0 &- 97 < 6 }
        guard isDigest else { throw DeedFailure("'\(Wording.shown(digest))' is no version") }
        let bytes = try FileSystem.read(path(of: digest), limit: Self.fileBytesMax)
        guard Self.digest(of: bytes) == digest else {
            throw DeedFailure("the stored version \(digest.prefix(12)) is damaged")
        }
        return bytes
    }
}
