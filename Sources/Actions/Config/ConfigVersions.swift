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
        /// Another content, with the time at which it came there.
        case changed(from: String?, to: String, at: Timestamp, content: [UInt8])
        case missing
        case knownGood(String)
        /// It was rolled back from.
        case bad(String)
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
        /// How the files were when they were last read.
        var read: [String: FileStatus] = [:]
        /// What happened between two looks.
        var untold: [ConfigChange] = []
    }

    private static let untoldMax = 1_000
    /// A file that changed so lately may have changed again within the same tick of the file system's clock.
    private static let settled = Milliseconds.seconds(2)

    private let folder: String
    private let log: Logger
    private let state: Mutex<State>
    /// One at a time looks or judges.
    private let turn = Mutex(())

    /// Reads what the folder holds; it is made when something is stored.
    public init(folder: String, files: [TrackedFile], log: Logger) {
        self.folder = folder
        self.log = log
        var state = State(files: files)
        let names = (try? FileSystem.list("\(folder)/files")) ?? []
        for name in names where name.hasSuffix(".json") {
            do {
                let text = try FileSystem.readText("\(folder)/files/\(name)", limit: 4 << 20)
                guard var history = FileHistory(json: try JSONValue(parsing: text)) else { continue }
                history.beginAnew()
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
        turn.withLock { _ in
            let changes = tracked.flatMap { file in
                do {
                    return try look(at: file, now, isTroubled: isTroubled(file))
                } catch {
                    log.warning("a tracked file cannot be kept", ["file": file.path, "reason": "\(error)"])
                    return []
                }
            }
            return state.withLock { state in
                defer { state.untold = [] }
                return state.untold + changes
            }
        }
    }

    /// The content that was rolled back from is not one to go back to.
    func condemn(_ content: [UInt8], of path: String, at now: Timestamp) throws {
        try turn.withLock { _ in
            guard var history = history(of: path) else { return }
            let digest = Self.digest(of: content)
            history.condemn(digest, size: content.count, at: now)
            try save(history, hasNews: true)
            state.withLock { state in
                guard state.untold.count < Self.untoldMax else { return }
                state.untold.append(ConfigChange(path: path, kind: .bad(digest), difference: ""))
            }
        }
    }

    private func look(at file: TrackedFile, _ now: Timestamp, isTroubled: Bool) throws -> [ConfigChange] {
        var history = history(of: file.path) ?? FileHistory(path: file.path)
        let former = history
        var changes: [ConfigChange] = []
        if let status = try FileSystem.statusIfPresent(file.path), status.kind == .file {
            let (digest, change) = try see(file, status, &history, now)
            if let change { changes.append(change) }
            if history.judge(isTroubled: isTroubled, goodAfter: file.goodAfter, at: now) {
                changes.append(ConfigChange(path: file.path, kind: .knownGood(digest), difference: ""))
            }
        } else if history.current != nil {
            history.miss()
            state.withLock { $0.read[file.path] = nil }
            changes.append(ConfigChange(path: file.path, kind: .missing, difference: ""))
        }
        let gone = history.prune(keep: file.keep)
        if history != former { try save(history, hasNews: !changes.isEmpty || Self.judged(former, history)) }
        for digest in gone where !isUsed(digest) { try? FileSystem.remove(path(of: digest)) }
        return changes
    }

    /// Takes up what the file holds now, which is only read where the kernel says that it has been touched.
    private func see(
        _ file: TrackedFile,
        _ status: FileStatus,
        _ history: inout FileHistory,
        _ now: Timestamp
    ) throws -> (digest: String, ConfigChange?) {
        if let known = history.current, state.withLock({ $0.read[file.path] }) == status { return (known, nil) }
        let former = history.current
        let bytes = try FileSystem.read(file.path, limit: Self.fileBytesMax)
        let digest = Self.digest(of: bytes)
        let placed = min(now, Timestamp(milliseconds: status.changed / 1_000_000))
        let isNew = history.see(digest, size: bytes.count, placed: placed, at: now)
        if isNew { try store(bytes, digest) }
        state.withLock { $0.read[file.path] = now - placed > Self.settled ? status : nil }
        guard isNew else { return (digest, nil) }
        let old = former.flatMap { try? content($0) }
        let difference = old.map { TextDifference.between($0, bytes, path: file.path) } ?? ""
        let kind = ConfigChange.Kind.changed(from: former, to: digest, at: placed, content: bytes)
        return (digest, ConfigChange(path: file.path, kind: kind, difference: difference))
    }

    /// Whether something is worth a write: that the last good moment moved on is not, until the next change.
    private static func judged(_ former: FileHistory, _ now: FileHistory) -> Bool {
        zip(former.versions, now.versions).contains { ($0.good == nil) != ($1.good == nil) }
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

    /// What two versions of a file do not share, secrets struck out. A version is named by the beginning of its digest.
    public func difference(_ path: String, from: String, to: String) throws -> String {
        let known = history(of: path)
        let contents = try [from, to].map { name in
            guard let version = known?.version(name) else {
                throw DeedFailure("there is no version '\(Wording.shown(name))' of \(path), or more than one begins so")
            }
            return try content(version.digest)
        }
        return TextDifference.between(contents[0], contents[1], path: path)
    }
}
