import Configuration
import EventLoop
import Files
import Instruments
import Logging
import Metrics

/// Targets in files, read when the kernel tells of a change and now and then besides.
///
/// Unchecked: confined to the loop.
final class FileDiscovery: Discovery, @unchecked Sendable {
    private let context: DiscoveryContext
    private let settings: DiscoverySettings.FileDiscovery
    private var known: [String: [TargetGroup]] = [:]
    private var changed: (@Sendable () -> Void)?
    private var watch: FolderWatch?
    private var timer: TimerToken?
    private var isAwaitingRead = false

    /// Writers often write in several steps; the file is read once they have paused.
    private static let settling = Duration.milliseconds(50)

    init(_ context: DiscoveryContext, _ settings: DiscoverySettings.FileDiscovery) {
        self.context = context
        self.settings = settings
    }

    var groups: [TargetGroup] { known.sorted { $0.key < $1.key }.flatMap(\.value) }

    func start(_ changed: @escaping @Sendable () -> Void) {
        self.changed = changed
        refresh()
    }

    func stop() {
        changed = nil
        timer?.cancel()
        timer = nil
        watch?.cancel()
        watch = nil
    }

    private func refresh() {
        guard changed != nil else { return }
        watchFolders()
        read()
        timer?.cancel()
        let interval = max(.seconds(1), Duration.milliseconds(settings.refreshInterval.rawValue))
        timer = context.loop.after(interval) { [weak self] in self?.refresh() }
    }

    /// Watched anew with each refresh, since a folder may have come meanwhile.
    private func watchFolders() {
        watch?.cancel()
        watch = nil
        let folders = Set(settings.patterns.map(FileSystem.parent(of:)))
        do {
            watch = try FolderWatch(on: context.loop, folders: folders.sorted()) { [weak self] in self?.noticed() }
        } catch {
            context.log.warning("folders of targets cannot be watched; they are read now and then", ["error": error])
        }
    }

    private func noticed() {
        guard !isAwaitingRead else { return }
        isAwaitingRead = true
        context.loop.after(Self.settling) { [weak self] in
            guard let self else { return }
            isAwaitingRead = false
            if changed != nil { read() }
        }
    }

    private func read() {
        var found: [String: [TargetGroup]] = [:]
        for path in settings.patterns.flatMap(Self.files(matching:)) {
            do throws(TargetFile.Refusal) {
                found[path] = try TargetFile.read(path).map { group in
                    var group = group
                    var labels = LabelsBuilder(group.labels)
                    labels.set("__meta_filepath", path)
                    group.labels = labels.build()
                    return group
                }
            } catch {
                context.failures.add()
                context.log.warning("a file of targets cannot be used", ["file": path, "error": error.reason])
                found[path] = known[path]
            }
        }
        guard found != known else { return }
        known = found
        changed?()
    }

    private static func files(matching pattern: String) -> [String] {
        let name = FileSystem.name(of: pattern)
        guard name.contains("*") else {
            return (try? FileSystem.statusIfPresent(pattern)) != nil ? [pattern] : []
        }
        let folder = FileSystem.parent(of: pattern)
        let names = (try? FileSystem.list(folder)) ?? []
        return names.filter { matches(Array($0.utf8)[...], Array(name.utf8)[...]) }.sorted()
            .map { folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)" }
    }

    /// Whether a name is what a pattern says, in which a star is any number of characters. Takes time in proportion to both.
    static func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var (place, part) = (name.startIndex, pattern.startIndex)
        var retry: (place: Int, part: Int)?
        while place < name.endIndex {
            if part < pattern.endIndex, pattern[part] == UInt8(ascii: "*") {
                retry = (place, part)
                part += 1
            } else if part < pattern.endIndex, pattern[part] == name[place] {
                place += 1
                part += 1
            } else if let (start, star) = retry {
                retry = (start + 1, star)
                (place, part) = (start + 1, star + 1)
            } else {
                return false
            }
        }
        return pattern[part...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
