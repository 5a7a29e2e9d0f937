import Configuration
import EventLoop
import Files
import History
import Instruments
import Logging
import Metrics
import Web

/// What every part of the agent stands on: its clock, its log, its numbers, its loops, its history.
struct Ground: Sendable {
    let options: AgentOptions
    let log: Logger
    let sink: LogSink
    let instruments: Instruments
    /// Where is decided: rules, alerts, runs, notifications.
    let core: EventLoop
    /// Where is perceived: scrapes, the system's bus, the journal.
    let senses: EventLoop
    let history: HistoryStore
    /// Tells whoever listens over HTTP what happens.
    let events: EventHub
    let startedAt: Timestamp

    var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    static let clock: @Sendable () -> Timestamp = { Timestamp(milliseconds: WallClock.now) }

    init(_ options: AgentOptions, _ configuration: MedicConfiguration) throws {
        self.options = options
        sink = Self.sink(configuration.log)
        if options.announces, sink.level == .info { sink.level = .warning }
        log = Logger(sink, component: "agent")
        log.debug("files that may be open", ["count": DescriptorLimit.raise()])
        instruments = Instruments()
        core = try EventLoop(named: "medic-core")
        senses = try EventLoop(named: "medic-senses")
        startedAt = Self.clock()
        events = EventHub(startedAt: startedAt, version: options.version, instruments: instruments)
        history = try Self.history(options, configuration.history, log: log, instruments: instruments)
    }

    /// What is logged is what the configuration says, from now on.
    func showEverything(_ settings: LogSettings) {
        sink.level = LogLevel(rawValue: settings.level.rawValue) ?? .info
    }

    private static func sink(_ settings: LogSettings) -> LogSink {
        let level = LogLevel(rawValue: settings.level.rawValue) ?? .info
        switch settings.format {
        case .journal: return LogSink.journal(level: level) ?? .standardError(level: level)
        case .json: return .standardError(format: .json, level: level)
        case .text: return .standardError(level: level)
        case .automatic:
            if errorsGoToJournal, let journal = LogSink.journal(level: level) { return journal }
            guard StandardStream.error.isTerminal else { return .standardError(level: level) }
            return .standardError(format: isColourless ? .terminal : .colourTerminal, level: level)
        }
    }

    private static var isColourless: Bool {
        ConfigurationLoader.environment("NO_COLOR")?.isEmpty == false
            || ConfigurationLoader.environment("TERM") == "dumb"
    }

    /// Whether standard error is the stream that the service manager has connected to the journal: it names device and inode of it.
    private static var errorsGoToJournal: Bool {
        guard let stream = ConfigurationLoader.environment("JOURNAL_STREAM") else { return false }
        guard let status = (try? FileSystem.statusIfPresent("/proc/self/fd/2")) ?? nil else { return false }
        return stream == "\(status.device):\(status.inode)"
    }

    /// The history in its file, or one that ends with the process where there is nowhere to write: the agent still sees and tells.
    private static func history(
        _ options: AgentOptions,
        _ settings: HistorySettings,
        log: Logger,
        instruments: Instruments
    ) throws -> HistoryStore {
        let log = log.named("history")
        let path = settings.path ?? options.dataFolder.map { $0 + "/history.db" }
        guard let path else { return try .inMemory(log: log, instruments: instruments, now: clock) }
        do {
            let keep = HistoryKeep(age: settings.keepAge, size: settings.keepSize.rawValue)
            return try .open(
                HistoryStore.Options(path: path, keep: keep),
                log: log,
                instruments: instruments,
                now: clock
            )
        } catch {
            log.error(
                "the history cannot be kept on disk and ends with the process",
                ["path": path, "error": "\(error)"]
            )
            return try .inMemory(log: log, instruments: instruments, now: clock)
        }
    }
}
