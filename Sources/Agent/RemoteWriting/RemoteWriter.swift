import Compression
import Configuration
import EventLoop
import Files
import HTTPClient
import HTTPSettings
import Instruments
import Logging
import Metrics
import Storage

/// Writes everything that comes in to one server, in order, one request at a time.
///
/// Nothing waits in memory but the requests of one round: what was not sent yet is read from the samples, which have limits of their own. A
/// server that is away longer than samples are kept loses the oldest, and that is counted.
final class RemoteWriter: Sendable {
    typealias Metadata = @Sendable () async -> [FamilyMetadata]

    private static let answerBytesMax = 16 * 1024
    private static let answerShown = 300
    /// A server may ask to be left alone so long, and no longer.
    private static let retryAfterMax = Duration.seconds(300)
    /// How often at most the positions are put on the disk.
    private static let savingInterval = Duration.seconds(5)

    let settings: RemoteWriteSettings
    let externalLabels: Labels
    private let store: SampleStore
    private let client: HTTPClient
    private let metadata: Metadata
    private let meters: RemoteWriteMeters
    private let log: Logger
    /// Where positions are kept; nil: they end with the process.
    private let path: String?

    init(
        _ settings: RemoteWriteSettings,
        externalLabels: Labels,
        store: SampleStore,
        client: HTTPClient,
        metadata: @escaping Metadata,
        meters: RemoteWriteMeters,
        log: Logger,
        path: String?
    ) {
        self.settings = settings
        self.externalLabels = externalLabels
        self.store = store
        self.client = client
        self.metadata = metadata
        self.meters = meters
        self.log = log
        self.path = path
    }

    /// How far the work is, in the hands of the one task that does it.
    private struct Progress {
        var positions: RemotePositions
        var saved: RemotePositions?
        var savedAt: MonotonicInstant?
        /// The frame after the last one that was sent, of each timeline.
        var frames: [TimelineID: Int] = [:]
        var rounds = 0
        var metadataDue = MonotonicInstant.now
    }

    /// Sends until the task is cancelled.
    func run() async {
        var progress = Progress(positions: await startingPositions())
        do {
            while true {
                try Task.checkCancellation()
                let isFull = try await sendRound(&progress)
                await save(&progress, isDue: false)
                if settings.metadata.isSent, .now >= progress.metadataDue {
                    progress.metadataDue = .now + .milliseconds(settings.metadata.interval.rawValue)
                    try await sendMetadata()
                }
                if !isFull { try await pause(for: .milliseconds(Swift.max(10, settings.queue.deadline.rawValue))) }
            }
        } catch {
            // The end: what was sent must not be sent again.
            await save(&progress, isDue: true)
        }
    }

    // MARK: Positions

    private func startingPositions() async -> RemotePositions {
        let path = path
        let known = await offload { path.flatMap { RemotePositions(file: $0) } }
        if let known { return known }
        return RemotePositions(since: Timestamp(milliseconds: WallClock.now))
    }

    private func save(_ progress: inout Progress, isDue: Bool) async {
        guard let path, progress.positions != progress.saved else { return }
        if !isDue, let savedAt = progress.savedAt, .now - savedAt < Self.savingInterval { return }
        let positions = progress.positions
        do {
            try await offload { try positions.write(to: path) }
            progress.saved = positions
        } catch {
            log.warning("how far samples were sent cannot be kept", ["file": path, "error": "\(error)"])
        }
        progress.savedAt = .now
    }

    // MARK: Samples

    /// Sends what there is, as much as goes into a round. Answers whether there is more.
    private func sendRound(_ progress: inout Progress) async throws -> Bool {
        let timelines = store.allTimelines
        guard !timelines.isEmpty else { return false }
        progress.positions.keep(timelines)
        progress.rounds += 1
        var round = RemoteRound(settings, externalLabels, from: store)
        round.gather(
            timelines,
            after: progress.positions,
            startingAt: progress.rounds % timelines.count,
            now: Timestamp(milliseconds: WallClock.now)
        )
        for request in round.requests { try await deliver(request) }
        for (timeline, time, frame) in round.reached {
            noteLost(timeline, &progress)
            progress.frames[timeline] = frame
            progress.positions.reach(time, of: timeline)
        }
        return round.isFull
    }

    private func noteLost(_ timeline: TimelineID, _ progress: inout Progress) {
        guard let last = progress.frames[timeline] else { return }
        let lost = store.view(of: timeline).firstFrame - last
        if lost > 0 { meters.lost.add(UInt64(lost)) }
    }

    /// Sends until the server takes it or refuses it for good.
    private func deliver(_ request: WriteRequest) async throws {
        let body = SnappyBlock.pack(request.bytes)
        var wait = Duration.milliseconds(settings.queue.shortestPause.rawValue)
        let longest = Duration.milliseconds(settings.queue.longestPause.rawValue)
        var isSaid = false
        while true {
            try Task.checkCancellation()
            switch await send(body) {
            case .taken:
                meters.sent.add(UInt64(request.sampleCount))
                meters.metadata.add(UInt64(request.familyCount))
                meters.bytes.add(UInt64(body.count))
                meters.isUp.set(1)
                if request.sampleCount > 0 { meters.newest.set(Double(request.newest) / 1_000) }
                if isSaid { log.info("a server takes samples again", ["remote": settings.name]) }
                return
            case .refused(let reason):
                meters.dropped.add(UInt64(request.sampleCount))
                log.warning(
                    "a server refused samples, which are dropped",
                    ["remote": settings.name, "samples": request.sampleCount, "error": reason]
                )
                return
            case .later(let reason, let after):
                meters.retries.add()
                meters.isUp.set(0)
                if !isSaid {
                    log.warning(
                        "a server takes no samples; they are sent when it does",
                        ["remote": settings.name, "error": reason]
                    )
                    isSaid = true
                }
                // Metadata comes again by itself.
                if request.sampleCount == 0 { return }
                try await pause(for: Swift.max(wait, Swift.min(after ?? .zero, Self.retryAfterMax)))
                wait = Swift.min(wait * 2, longest)
            }
        }
    }

    private enum Outcome {
        case taken
        case refused(String)
        case later(String, after: Duration?)
    }

    private func send(_ body: [UInt8]) async -> Outcome {
        let request = HTTPRequest(
            "POST",
            settings.url,
            headers: [
                HTTPHeader("Content-Type", "application/x-protobuf"),
                HTTPHeader("Content-Encoding", "snappy"),
                HTTPHeader("X-Prometheus-Remote-Write-Version", "0.1.0"),
            ],
            body: body,
            timeout: .milliseconds(settings.timeout.rawValue),
            bodyLimit: Self.answerBytesMax
        )
        do throws(HTTPClientError) {
            let answer = try await client.send(request, settings: settings.client)
            if answer.status / 100 == 2 { return .taken }
            let text = String(decoding: answer.body.prefix(Self.answerShown), as: UTF8.self)
            let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
            let reason = "HTTP status \(answer.status)\(line.isEmpty ? "" : ": \(line)")"
            let isLater = answer.status / 100 == 5 || (answer.status == 429 && settings.queue.retriesWhenTooMany)
            guard isLater else { return .refused(reason) }
            let seconds = answer.header("Retry-After").flatMap { Int64($0) }
            return .later(reason, after: seconds.map { .seconds(Swift.max(0, $0)) })
        } catch {
            return .later("\(error)", after: nil)
        }
    }

    // MARK: Metadata

    private func sendMetadata() async throws {
        var seen: Set<String> = []
        let families = await metadata().filter { seen.insert($0.name).inserted }
        var request = WriteRequest()
        for family in families {
            request.add(family)
            guard request.familyCount >= settings.metadata.familiesPerRequest else { continue }
            try await deliver(request)
            request = WriteRequest()
        }
        if !request.isEmpty { try await deliver(request) }
    }
}
