public import Configuration
public import EventLoop
public import Instruments
public import Logging
public import Metrics
public import Storage

/// Turns what the kernel tells of the machine into samples, under the names that node_exporter gives them.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class HostCollector: @unchecked Sendable {
    private struct Part {
        let success: SampleSheet.Line
        let duration: SampleSheet.Line
    }

    private let settings: HostCollectorSettings
    private let loop: EventLoop
    private let log: Logger
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private let sheet: SampleSheet
    private let space: SampleSheet
    private var readers: [any HostReader] = []
    private var statuses: [HostPart: Part] = [:]
    private var failed: Set<HostPart> = []
    private var filesystems: FilesystemReader?
    private var interval: TimerToken?
    private var isRunning = false
    private let readTime: Gauge
    private let refusedSeries: Gauge

    /// - Parameter labels: those of all series, `job` and `instance` among them.
    public init(
        _ settings: HostCollectorSettings,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        self.settings = settings
        self.loop = loop
        self.log = log
        self.landed = landed
        sheet = try SampleSheet(store, named: "host", labels: labels, every: settings.basics.interval)
        // Of its own: an answer may come late, and nothing else waits for it.
        space = try SampleSheet(store, named: "host/filesystems", labels: labels, every: settings.basics.interval)
        readTime = instruments.gauge(
            "medic_collectors_host_read_seconds",
            help: "How long it took to read what the kernel tells, the last time."
        )
        refusedSeries = instruments.gauge(
            "medic_collectors_host_series_refused",
            help: "Series of the host that the store refused for its limits."
        )
        readers = try Self.readers(settings)
        guard settings.parts.contains(.filesystem) else { return }
        filesystems = try FilesystemReader(settings, loop: loop, sheet: space) { [weak self] sheet, isComplete in
            self?.noteSpace(sheet, isComplete)
        }
    }

    private static func readers(_ settings: HostCollectorSettings) throws -> [any HostReader] {
        let wanted = Set(settings.parts)
        func both(_ first: HostPart, _ second: HostPart) -> [HostPart] { [first, second].filter(wanted.contains) }
        var readers: [any HostReader] = []
        if !both(.cpu, .stat).isEmpty { readers.append(StatReader(both(.cpu, .stat))) }
        if wanted.contains(.meminfo) { readers.append(MemoryReader()) }
        if wanted.contains(.vmstat) { readers.append(PagingReader()) }
        if wanted.contains(.loadavg) { readers.append(NumbersReader.load()) }
        if wanted.contains(.filefd) { readers.append(NumbersReader.openFiles()) }
        if wanted.contains(.entropy) { readers += NumbersReader.entropy() }
        if wanted.contains(.pressure) { readers.append(PressureReader()) }
        if wanted.contains(.diskstats) {
            readers.append(DeviceReader.disks(try DeviceFilter(excluding: settings.excludedDisks)))
        }
        if wanted.contains(.netdev) {
            readers.append(DeviceReader.network(try DeviceFilter(excluding: settings.excludedInterfaces)))
        }
        if !both(.time, .timex).isEmpty { readers.append(ClockReader(both(.time, .timex))) }
        if wanted.contains(.uname) { readers.append(NameReader()) }
        return readers
    }

    public func start() {
        loop.submit { [self] in
            guard !isRunning else { return }
            isRunning = true
            sheet.set(sheet.line("up"), 1)
            tick()
        }
    }

    /// Ends all its series.
    public func stop() {
        loop.submit { [self] in
            isRunning = false
            interval?.cancel()
            filesystems?.stop()
            sheet.close(at: now)
            space.close(at: now)
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func tick() {
        guard isRunning else { return }
        interval = loop.after(.milliseconds(settings.basics.interval.rawValue)) { [weak self] in self?.tick() }
        let began = MonotonicInstant.now
        var last = began
        for reader in readers {
            let wasRead = reader.read(sheet)
            let ended = MonotonicInstant.now
            for part in reader.parts { note(part, wasRead, took: ended - last) }
            last = ended
        }
        readTime.set(Self.seconds(last - began))
        refusedSeries.set(Double(sheet.refusedLines + space.refusedLines))
        if let time = sheet.commit(at: now) { landed(sheet.timeline, time) }
        filesystems?.begin()
    }

    private func noteSpace(_ sheet: SampleSheet, _ isComplete: Bool) {
        guard isRunning else { return }
        if !isComplete { log.debug("not every filesystem answered") }
        if let time = sheet.commit(at: now) { landed(sheet.timeline, time) }
    }

    private func note(_ name: HostPart, _ wasRead: Bool, took span: Duration) {
        let part = statuses[name] ?? makeStatus(name)
        sheet.set(part.success, wasRead ? 1 : 0)
        sheet.set(part.duration, Self.seconds(span))
        if wasRead {
            failed.remove(name)
        } else if failed.insert(name).inserted {
            log.info("a part of the host cannot be read", ["part": name.rawValue])
        }
    }

    private func makeStatus(_ name: HostPart) -> Part {
        let label = [Label("collector", name.rawValue)]
        let part = Part(
            success: sheet.line("node_scrape_collector_success", label),
            duration: sheet.line("node_scrape_collector_duration_seconds", label)
        )
        statuses[name] = part
        return part
    }

    private static func seconds(_ span: Duration) -> Double { Double(span.wholeNanoseconds) / 1e9 }
}
