import Configuration
import EventLoop
internal import Glibc
import Metrics

/// The space in each filesystem. Whoever asks one may wait for ever: it is done elsewhere, and no answer is told as an error.
///
/// Unchecked: confined to its loop.
final class FilesystemReader: @unchecked Sendable {
    /// Mounts that are asked at once, of either kind. One that hangs keeps its place; those that may hang keep none of the others'.
    private static let asksMax = 2
    /// How long an answer may take before what came is written without it.
    private static let patience = Duration.seconds(1)
    private static let mountsMax = 2_048

    private final class Entry {
        let mount: Mount
        let error: SampleSheet.Line
        let readOnly: SampleSheet.Line
        var space: [SampleSheet.Line] = []
        var isAsked = false
        var isRunning = false

        init(_ mount: Mount, error: SampleSheet.Line, readOnly: SampleSheet.Line) {
            self.mount = mount
            self.error = error
            self.readOnly = readOnly
        }
    }

    private struct Key: Hashable {
        let device: String
        let point: String
        let type: String
    }

    private struct Space: Sendable {
        let numbers: [Double]
    }

    private let loop: EventLoop
    private let sheet: SampleSheet
    private let mounts: KernelFile
    private let points: DeviceFilter
    private let types: DeviceFilter
    private let written: (SampleSheet, Bool) -> Void
    private var entries: [Key: Entry] = [:]
    private var waiting: [Entry] = []
    private var running = [false: 0, true: 0]
    private var deadline: TimerToken?
    private var isStopped = false
    /// Whether there is nothing that waits to be written.
    private var isWritten = true

    /// - Parameter written: writes the sheet; told whether every filesystem answered.
    init(
        _ settings: HostCollectorSettings,
        loop: EventLoop,
        sheet: SampleSheet,
        mounts: KernelFile = KernelFile("/proc/1/mounts", "/proc/self/mounts"),
        written: @escaping (SampleSheet, Bool) -> Void
    ) throws {
        self.loop = loop
        self.sheet = sheet
        self.mounts = mounts
        self.written = written
        points = try DeviceFilter(excluding: settings.excludedMountPoints)
        types = try DeviceFilter(excluding: settings.excludedTypes)
    }

    /// Begins to ask all filesystems.
    func begin() {
        deadline?.cancel()
        finish()
        guard let text = mounts.read() else {
            written(sheet, false)
            return
        }
        isWritten = false
        update(text)
        for entry in entries.values { entry.isAsked = true }
        // Those that hang since last time are not asked again: they are in error until they answer.
        waiting = entries.values.filter { !$0.isRunning }
        deadline = loop.after(Self.patience) { [weak self] in self?.finish() }
        askNext()
    }

    func stop() {
        isStopped = true
        deadline?.cancel()
        waiting = []
    }

    private func update(_ table: KernelText) {
        var table = table
        var present: Set<Key> = []
        while table.nextLine() {
            guard let mount = Mount(&table), points.takes(mount.point), types.takes(mount.type) else { continue }
            let key = Key(device: mount.device, point: mount.point, type: mount.type)
            guard present.count < Self.mountsMax, present.insert(key).inserted else { continue }
            let entry = entries[key] ?? entry(mount)
            entries[key] = entry
            sheet.set(entry.readOnly, mount.isReadOnly ? 1 : 0)
        }
        for (key, entry) in entries where !present.contains(key) {
            for line in [entry.error, entry.readOnly] + entry.space { sheet.drop(line) }
            entries[key] = nil
        }
    }

    private func entry(_ mount: Mount) -> Entry {
        let labels = labels(mount)
        return Entry(
            mount,
            error: sheet.line("node_filesystem_device_error", labels),
            readOnly: sheet.line("node_filesystem_readonly", labels)
        )
    }

    private func labels(_ mount: Mount) -> [Label] {
        [Label("device", mount.device), Label("fstype", mount.type), Label("mountpoint", mount.point)]
    }

    private func askNext() {
        while let place = waiting.firstIndex(where: { running[$0.mount.mayHang, default: 0] < Self.asksMax }) {
            ask(waiting.remove(at: place))
        }
        if !isWritten, waiting.isEmpty, !entries.values.contains(where: \.isAsked) {
            deadline?.cancel()
            finish()
        }
    }

    private func ask(_ entry: Entry) {
        running[entry.mount.mayHang, default: 0] += 1
        entry.isRunning = true
        let key = Key(device: entry.mount.device, point: entry.mount.point, type: entry.mount.type)
        let number = ObjectIdentifier(entry)
        let mayHang = entry.mount.mayHang
        submitBlocking { [weak self, loop, point = entry.mount.point] in
            let space = Self.space(at: point)
            loop.submit { [weak self] in self?.note(space, key, number, mayHang) }
        }
    }

    private func note(_ space: Space?, _ key: Key, _ number: ObjectIdentifier, _ mayHang: Bool) {
        running[mayHang, default: 0] -= 1
        guard !isStopped else { return }
        // One that was gone in between, and came again, is another.
        if let entry = entries[key], ObjectIdentifier(entry) == number {
            entry.isRunning = false
            if entry.isAsked {
                entry.isAsked = false
                set(entry, space)
            }
        }
        askNext()
    }

    /// Writes what is known; those that have not answered are in error.
    private func finish() {
        deadline = nil
        guard !isWritten else { return }
        var allAnswered = true
        for entry in entries.values where entry.isAsked {
            entry.isAsked = false
            allAnswered = false
            set(entry, nil)
        }
        waiting = []
        isWritten = true
        written(sheet, allAnswered)
    }

    private func set(_ entry: Entry, _ space: Space?) {
        sheet.set(entry.error, space == nil ? 1 : 0)
        guard let space else {
            for line in entry.space { sheet.drop(line) }
            entry.space = []
            return
        }
        if entry.space.isEmpty {
            let names = ["size_bytes", "free_bytes", "avail_bytes", "files", "files_free"]
            entry.space = names.map { sheet.line("node_filesystem_" + $0, labels(entry.mount)) }
        }
        for (line, number) in zip(entry.space, space.numbers) { sheet.set(line, number) }
    }

    private static func space(at point: String) -> Space? {
        var raw = statvfs()
        // The call fills in what it is given.
        guard !point.utf8.contains(0), unsafe statvfs(point, &raw) == 0 else { return nil }
        let unit = Double(raw.f_frsize)
        return Space(
            numbers: [
                Double(raw.f_blocks) * unit, Double(raw.f_bfree) * unit, Double(raw.f_bavail) * unit,
                Double(raw.f_files), Double(raw.f_ffree),
            ]
        )
    }
}
