import Actions
import Configuration
import Dispatch
import EventLoop
import Files
import History
import Instruments
import JSON
import Logging
import Metrics
import Synchronization
import Web

/// Looks after the tracked files of configuration: notices at once when one changes, judges which version is good, tells rules when a
/// file changed, and keeps the record of it.
///
/// Looking reads the disk, so it is done on a queue of its own; only the watch belongs to the senses' loop.
final class ConfigKeeper: Sendable {
    /// Names by which alerts that fire may speak of a unit.
    typealias Troubled = @Sendable () -> Set<String>

    let versions: ConfigVersions
    private let ground: Ground
    private let log: Logger
    private let troubled: Troubled
    private let queue = DispatchQueue(label: "medic.config", qos: .utility)
    private let state = Mutex(State())

    private struct State {
        var watch: FolderWatch?
        var folders: [String] = []
        var isDue = false
        var hasEnded = false
        /// The files that the metrics speak of.
        var told: Set<String> = []
    }

    /// Programs that write a file touch it more than once; one look serves for all of it.
    private static let patience = DispatchTimeInterval.milliseconds(200)

    init(_ ground: Ground, folder: String, _ files: [TrackedFile], troubled: @escaping Troubled) {
        self.ground = ground
        self.troubled = troubled
        log = ground.log.named("config")
        versions = ConfigVersions(folder: folder + "/config", files: files, log: log)
    }

    /// Tracks these files from now on.
    func track(_ files: [TrackedFile]) {
        versions.track(files)
        look()
    }

    /// Looks soon. Also called every few seconds: what is in place becomes good by the passing of time, and folders come and go.
    func look() {
        queue.async { [self] in lookNow() }
    }

    func stop() {
        let watch = state.withLock { state in
            state.hasEnded = true
            defer { state.watch = nil }
            return state.watch
        }
        if let watch { ground.senses.submit { watch.cancel() } }
        // What is being looked at is recorded before the history closes.
        queue.sync {}
    }

    // MARK: Looking

    private func lookNow() {
        guard !state.withLock({ $0.hasEnded }) else { return }
        let tracked = versions.tracked
        watchFolders(of: tracked)
        let words = tracked.isEmpty ? [] : troubled()
        let now = ground.now
        let changes = versions.look(at: now) { file in
            file.units.contains { words.contains($0) || words.contains($0 + ".service") }
        }
        for change in changes { record(change, at: now) }
        tell(tracked)
    }

    private func noticed() {
        let isFirst = state.withLock { state in
            defer { state.isDue = true }
            return !state.isDue
        }
        guard isFirst else { return }
        queue.asyncAfter(deadline: .now() + Self.patience) { [self] in
            state.withLock { $0.isDue = false }
            lookNow()
        }
    }

    private func watchFolders(of files: [TrackedFile]) {
        let folders = Set(files.map { FileSystem.parent(of: $0.path) }).sorted().filter { folder in
            ((try? FileSystem.statusIfPresent(folder)) ?? nil)?.kind == .folder
        }
        let former = state.withLock { state -> FolderWatch?? in
            guard state.folders != folders else { return nil }
            state.folders = folders
            return .some(state.watch)
        }
        guard let former else { return }
        ground.senses.submit { [self] in
            former?.cancel()
            var watch: FolderWatch?
            if !folders.isEmpty {
                do throws(EventLoopError) {
                    watch = try FolderWatch(on: ground.senses, folders: folders) { [weak self] in self?.noticed() }
                } catch {
                    log.warning("tracked files are only looked at now and then", ["reason": "\(error)"])
                }
            }
            let made = watch
            state.withLock { $0.watch = made }
        }
    }

    // MARK: Telling

    private static let changed = "medic_config_changed_timestamp_seconds"
    private static let good = "medic_config_known_good"

    private func tell(_ files: [TrackedFile]) {
        let paths = Set(files.map(\.path))
        let gone = state.withLock { state in
            defer { state.told = paths }
            return state.told.subtracting(paths)
        }
        for path in gone {
            for name in [Self.changed, Self.good] { ground.instruments.remove(name, labels: [("file", path)]) }
        }
        for path in paths {
            guard let history = versions.history(of: path), let current = history.versions.last,
                current.digest == history.current
            else { continue }
            let labels = [("file", path)]
            ground.instruments.gauge(
                Self.changed,
                help: "When the tracked file last got another content.",
                labels: labels
            ).set(Double(current.placed.rawValue) / 1_000)
            ground.instruments.gauge(
                Self.good,
                help: "Whether the content of the tracked file has proven itself: 1 or 0.",
                labels: labels
            ).set(history.isCurrentGood ? 1 : 0)
        }
    }

    private func record(_ change: ConfigChange, at now: Timestamp) {
        var changes: [HistoryChange] = []
        let (name, text): (String, String)
        switch change.kind {
        case .changed(let from, let to, let at, let content):
            name = "changed"
            text = "\(change.path) changed from \(from.map(Self.short) ?? "nothing") to \(Self.short(to))"
            let version = ConfigVersion(
                file: change.path,
                hash: to,
                seen: at,
                payload: ["from": from.map { .string($0) } ?? .null, "size": .integer(Int64(content.count))]
            )
            changes.append(.version(version, content: content))
        case .missing: (name, text) = ("missing", "\(change.path) is gone")
        case .knownGood(let digest):
            name = "known_good"
            text = "\(change.path): version \(Self.short(digest)) is known to be good"
            changes.append(.judged(file: change.path, hash: digest, .good, at: now))
        case .bad(let digest):
            name = "bad"
            text = "\(change.path): version \(Self.short(digest)) was rolled back from"
            changes.append(.judged(file: change.path, hash: digest, .bad, at: now))
        }
        log.info("a tracked configuration file", ["file": change.path, "what": text])
        let details: JSONValue = ["file": .string(change.path), "difference": .string(change.difference)]
        let record = HistoryRecord(at: now, kind: .config, name: name, text: text, payload: details)
        changes.append(.record(record))
        ground.events.publish(.record) { HistoryTree.record(record) }
        ground.history.writer.submit(changes, durability: .grouped)
    }

    private static func short(_ digest: String) -> String { String(digest.prefix(12)) }
}
