import Configuration
import EventLoop
import Files
import Logging
import Metrics
import Secrets
import Storage
import Synchronization

/// Looks at a server at each interval, and writes what it told; what it tells no more ends.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class ServerCollector: @unchecked Sendable {
    /// More numbers of one server have no series, and it is said how many they are.
    private static let readingsMax = 10_000

    typealias Look = @Sendable (MonotonicInstant) async -> ServerReport

    private let kind: ServerKind
    private let name: String
    private let interval: Duration
    private let timeout: Duration
    private let loop: EventLoop
    private let log: Logger
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private let sheet: SampleSheet
    private let look: Look
    private var lines: [[Label]: SampleSheet.Line] = [:]
    private var timer: TimerToken?
    private var isRunning = false
    /// When the look began that has not ended.
    private var looksSince: MonotonicInstant?
    /// For those who ask from other threads.
    private let seen = Mutex<WatchedCondition?>(nil)

    init(
        _ kind: ServerKind,
        name: String,
        basics: CollectorBasics,
        timeout: Milliseconds,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void,
        look: @escaping Look
    ) throws {
        self.kind = kind
        self.name = name
        interval = .milliseconds(basics.interval.rawValue)
        self.timeout = .milliseconds(timeout.rawValue)
        self.loop = loop
        self.log = log
        self.landed = landed
        self.look = look
        sheet = try SampleSheet(store, named: "\(kind.prefix)/\(name)", labels: labels, every: basics.interval)
    }

    /// How the server was when it was last looked at; nil before the first look has ended. From any thread.
    public var condition: WatchedCondition? { seen.withLock { $0 } }

    public func start() {
        loop.submit { [self] in
            guard !isRunning else { return }
            isRunning = true
            tick()
        }
    }

    /// Ends all its series.
    public func stop() {
        loop.submit { [self] in
            guard isRunning else { return }
            isRunning = false
            timer?.cancel()
            sheet.close(at: now)
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func tick() {
        guard isRunning else { return }
        timer = loop.after(interval) { [weak self] in self?.tick() }
        let began = MonotonicInstant.now
        if let looksSince {
            // One that is about to run out of its time tells the reason itself.
            guard began - looksSince > timeout + interval / 2 else { return }
            note(ServerReport(complaint: "the look before has not ended"), took: began - looksSince)
            return
        }
        looksSince = began
        let deadline = began + timeout
        Task { [weak self, loop, look] in
            let report = await look(deadline)
            let took = MonotonicInstant.now - began
            loop.submit { [weak self] in
                self?.looksSince = nil
                self?.note(report, took: took)
            }
        }
    }

    private func note(_ report: ServerReport, took: Duration) {
        guard isRunning else { return }
        let condition = judge(report, took)
        let seconds = Double(took.wholeNanoseconds) / 1e9
        let leftOut = report.leftOut + Swift.max(0, report.readings.count - Self.readingsMax)
        let own = [
            ServerReading("\(kind.prefix)_up", [], report.complaint == nil ? 1 : 0),
            ServerReading("\(kind.prefix)_condition", [], Double(condition.level.rawValue)),
            ServerReading("\(kind.prefix)_exporter_last_scrape_duration_seconds", [], seconds),
            ServerReading("\(kind.prefix)_exporter_readings_left_out", [], Double(leftOut)),
        ]
        write(own + report.readings.prefix(Self.readingsMax))
        tell(condition)
        if let time = sheet.commit(at: now) { landed(sheet.timeline, time) }
    }

    private func write(_ readings: [ServerReading]) {
        var present: Set<[Label]> = []
        for reading in readings {
            let key = [Label(Labels.metricName, reading.name)] + reading.labels
            let line = lines[key] ?? sheet.line(reading.name, reading.labels)
            lines[key] = line
            present.insert(key)
            sheet.set(line, reading.value)
        }
        for (key, line) in lines where !present.contains(key) {
            sheet.drop(line)
            lines[key] = nil
        }
    }

    // MARK: How it is

    private func judge(_ report: ServerReport, _ took: Duration) -> WatchedCondition {
        func condition(_ level: WatchedCondition.Level, _ message: String = "") -> WatchedCondition {
            WatchedCondition(name: "\(kind.rawValue) \(name)", level: level, message: message, latency: took)
        }
        if let complaint = report.complaint { return condition(.unhealthy, complaint) }
        var concerns = report.concerns
        if took > timeout / 2 { concerns.append("it took \(took.wholeNanoseconds / 1_000_000)ms to answer") }
        return concerns.isEmpty ? condition(.healthy) : condition(.degraded, concerns.joined(separator: "; "))
    }

    /// A change is told once; numbers in the message change with every look.
    private func tell(_ condition: WatchedCondition) {
        let former = seen.withLock { seen in
            defer { seen = condition }
            return seen?.level ?? .healthy
        }
        guard former != condition.level else { return }
        let server = "\(kind.rawValue) \(name)"
        switch condition.level {
        case .healthy: log.info("a server is well again", ["server": server])
        case .degraded: log.warning("a server is not well", ["server": server, "reason": condition.message])
        case .unhealthy:
            log.warning("a server does not tell how it is", ["server": server, "reason": condition.message])
        }
    }

    /// What a secret says now. It is read each time: files with secrets change.
    static func reveal(_ secret: Secret?) throws(FileError) -> String? {
        guard let secret else { return nil }
        guard let file = secret.file else { return secret.revealInline() }
        let text = try FileSystem.readText(file, limit: 64 << 10)
        let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
        var scalars = text.unicodeScalars.drop(while: isSpace)
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}
