import Configuration
import EventLoop
import Files
import Logging
import Metrics
import Secrets
import Storage

/// One number that a server told.
struct ServerReading: Sendable {
    let name: String
    let labels: [Label]
    let value: Double

    init(_ name: String, _ labels: [Label] = [], _ value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}

/// What came of a look at a server.
struct ServerReport: Sendable {
    var readings: [ServerReading]
    /// Why there is no more.
    var complaint: String?
}

/// Looks at a database at each interval, on a thread that may wait, and writes what it told; what it tells no more ends.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class ServerCollector: @unchecked Sendable {
    /// More numbers of one server have no series.
    private static let readingsMax = 10_000

    private let kind: String
    private let name: String
    private let interval: Duration
    private let timeout: Duration
    private let loop: EventLoop
    private let log: Logger
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private let sheet: SampleSheet
    private let look: @Sendable (MonotonicInstant) -> ServerReport
    private var lines: [[Label]: SampleSheet.Line] = [:]
    private var timer: TimerToken?
    private var isRunning = false
    private var isLooking = false
    private var complaint: String?

    init(
        kind: String,
        name: String,
        basics: CollectorBasics,
        timeout: Milliseconds,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void,
        look: @escaping @Sendable (MonotonicInstant) -> ServerReport
    ) throws {
        self.kind = kind
        self.name = name
        interval = .milliseconds(basics.interval.rawValue)
        self.timeout = .milliseconds(timeout.rawValue)
        self.loop = loop
        self.log = log
        self.landed = landed
        self.look = look
        sheet = try SampleSheet(store, named: "\(kind)/\(name)", labels: labels, every: basics.interval)
    }

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
            isRunning = false
            timer?.cancel()
            sheet.close(at: now)
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func tick() {
        guard isRunning else { return }
        timer = loop.after(interval) { [weak self] in self?.tick() }
        guard !isLooking else {
            note(ServerReport(readings: [], complaint: "the look before has not ended"), took: interval)
            return
        }
        isLooking = true
        let began = MonotonicInstant.now
        let deadline = began + timeout
        Task { [weak self, loop, look] in
            let report = await offload { look(deadline) }
            let took = MonotonicInstant.now - began
            loop.submit { [weak self] in
                self?.isLooking = false
                self?.note(report, took: took)
            }
        }
    }

    private func note(_ report: ServerReport, took: Duration) {
        guard isRunning else { return }
        var present: Set<[Label]> = []
        let seconds = Double(took.wholeNanoseconds) / 1e9
        let own = [
            ServerReading("\(kind)_up", [], report.complaint == nil ? 1 : 0),
            ServerReading("\(kind)_exporter_last_scrape_duration_seconds", [], seconds),
        ]
        for reading in own + report.readings.prefix(Self.readingsMax) {
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
        if report.complaint != complaint {
            if let reason = report.complaint {
                log.warning("a server does not tell how it is", ["kind": kind, "server": name, "reason": reason])
            } else {
                log.info("a server tells again how it is", ["kind": kind, "server": name])
            }
            complaint = report.complaint
        }
        if let time = sheet.commit(at: now) { landed(sheet.timeline, time) }
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
