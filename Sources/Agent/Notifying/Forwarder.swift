import Alerting
import Configuration
import EventLoop
import HTTPClient
import HTTPSettings
import Instruments
import JSON
import Logging
import Metrics
import Relabelling
import Scraping

/// An alert as a Prometheus sends it: with an end by which it is over unless it is sent again.
struct ForwardedAlert: Sendable {
    let update: AlertUpdate
    let endsAt: Timestamp
}

/// Tells real Alertmanagers of medic's own alerts, as a Prometheus does: all of them get everything, in the order in which it happened, and do
/// the deduplication. What one does not take is not tried again, since alerts are told again every minute.
///
/// Unchecked: confined to the core's loop; every entry comes from there.
final class Forwarder: @unchecked Sendable {
    // Prometheus's bounds.
    private static let queueMax = 10_000
    private static let batchMax = 256
    private static let answerBytesMax = 64 * 1024

    private let loop: EventLoop
    private let client: HTTPClient
    private let log: Logger
    private let instruments: Instruments
    private var lines: [String: Line] = [:]
    private var settings = ForwardingSettings()
    private var finders: [TargetFinder] = []
    /// What was found for each source, by its place.
    private var found: [Int: [Labels]] = [:]
    /// The addresses that relabelling took out.
    private(set) var dropped: [String] = []
    private var isStopped = false
    private var requests: UInt64 = 0

    /// One Alertmanager and what waits for it.
    private struct Line {
        let address: AlertmanagerAddress
        let source: ForwardingSettings.Source
        var queue: [ForwardedAlert] = []
        /// The number of the request that is on its way.
        var sending: UInt64?
        let sent: Counter
        let errors: Counter
        let dropped: Counter
        let waiting: Gauge
    }

    init(_ loop: EventLoop, _ client: HTTPClient, _ log: Logger, _ instruments: Instruments) {
        self.loop = loop
        self.client = client
        self.log = log
        self.instruments = instruments
    }

    var isIdle: Bool { lines.isEmpty }

    /// Called when an Alertmanager is found that was not told before: it must hear of what fires already.
    var foundAnother: () -> Void = {}

    /// The Alertmanagers that are told.
    var active: [String] { lines.keys.sorted() }

    /// Takes up another configuration. What waits for an Alertmanager that is still told goes on waiting.
    func configure(_ settings: ForwardingSettings) {
        guard settings != self.settings else { return }
        let isFoundElsewhere = settings.sources.map(\.discovery) != self.settings.sources.map(\.discovery)
        self.settings = settings
        if isFoundElsewhere { lookFor(settings.sources) }
        arrange()
    }

    /// Looks for the Alertmanagers of each source. Those that are written down are known at once: the first alert must not be lost to them.
    private func lookFor(_ sources: [ForwardingSettings.Source]) {
        for finder in finders { finder.stop() }
        finders = []
        found = [:]
        for (place, source) in sources.enumerated() {
            found[place] = source.discovery.written
            guard !source.discovery.isWritten else { continue }
            let discovery = source.discovery
            let finder = TargetFinder(
                discovery,
                loop: client.loop,
                client: client,
                log: log,
                instruments: instruments
            ) { [weak self, loop] labels in
                loop.submit { [weak self] in self?.heard(labels, of: discovery, at: place) }
            }
            finders.append(finder)
        }
    }

    private func heard(_ labels: [Labels], of discovery: DiscoverySettings, at place: Int) {
        // What was asked for before a reload may be answered after it.
        guard !isStopped, settings.sources.indices.contains(place), settings.sources[place].discovery == discovery
        else {
            return
        }
        guard found[place] != labels else { return }
        found[place] = labels
        arrange()
    }

    private func arrange() {
        var fresh: [String: Line] = [:]
        dropped = []
        for (place, source) in settings.sources.enumerated() {
            for (address, isDropped) in AlertmanagerAddress.all(of: found[place] ?? [], source) {
                if isDropped {
                    dropped.append(address.url)
                } else if fresh[address.url] == nil {
                    fresh[address.url] = line(address, source)
                }
            }
        }
        for gone in lines.keys where fresh[gone] == nil { forget(gone) }
        let isAnother = fresh.keys.contains { lines[$0] == nil }
        lines = fresh
        if isAnother { foundAnother() }
    }

    private func line(_ address: AlertmanagerAddress, _ source: ForwardingSettings.Source) -> Line {
        let labels = [("alertmanager", address.url)]
        var line = Line(
            address: address,
            source: source,
            sent: instruments.counter(
                "medic_forwarding_alerts_sent_total",
                help: "Alerts that an Alertmanager took.",
                labels: labels
            ),
            errors: instruments.counter(
                "medic_forwarding_errors_total",
                help: "Requests that an Alertmanager did not take.",
                labels: labels
            ),
            dropped: instruments.counter(
                "medic_forwarding_alerts_dropped_total",
                help: "Alerts that an Alertmanager was not told of: its queue was full, or it did not take them.",
                labels: labels
            ),
            waiting: instruments.gauge(
                "medic_forwarding_queue_alerts",
                help: "Alerts that wait for an Alertmanager.",
                labels: labels
            )
        )
        line.queue = lines[address.url]?.queue ?? []
        line.sending = lines[address.url]?.sending
        return line
    }

    private func forget(_ url: String) {
        for name in [
            "medic_forwarding_alerts_sent_total", "medic_forwarding_errors_total",
            "medic_forwarding_alerts_dropped_total", "medic_forwarding_queue_alerts",
        ] { instruments.remove(name, labels: [("alertmanager", url)]) }
    }

    /// Queues alerts for everybody; where a queue is full, the oldest in it are dropped.
    func forward(_ alerts: [ForwardedAlert]) {
        guard !isStopped, !alerts.isEmpty else { return }
        for url in lines.keys.sorted() {
            guard var line = lines[url] else { continue }
            line.queue += alerts.compactMap { $0.relabelled(line.source.alertRelabelling) }
            let excess = line.queue.count - Self.queueMax
            if excess > 0 {
                line.queue.removeFirst(excess)
                line.dropped.add(UInt64(excess))
            }
            line.waiting.set(Double(line.queue.count))
            lines[url] = line
            send(url)
        }
    }

    func stop() {
        isStopped = true
        for finder in finders { finder.stop() }
        finders = []
    }

    private func send(_ url: String) {
        guard var line = lines[url], line.sending == nil, !line.queue.isEmpty, !isStopped else { return }
        let batch = Array(line.queue.prefix(Self.batchMax))
        line.queue.removeFirst(batch.count)
        requests &+= 1
        let number = requests
        line.sending = number
        line.waiting.set(Double(line.queue.count))
        lines[url] = line
        let request = HTTPRequest(
            "POST",
            url,
            headers: [HTTPHeader("Content-Type", "application/json")],
            body: ForwardedAlert.body(batch),
            timeout: .milliseconds(line.source.timeout.rawValue),
            bodyLimit: Self.answerBytesMax
        )
        let settings = line.source.client
        Task { [client, loop] in
            var failure: String?
            do throws(HTTPClientError) {
                let answer = try await client.send(request, settings: settings)
                if answer.status / 100 != 2 { failure = "bad response status \(answer.status)" }
            } catch {
                failure = "\(error)"
            }
            let problem = failure
            loop.submit { [self] in finish(number, to: url, batch.count, problem) }
        }
    }

    private func finish(_ number: UInt64, to url: String, _ count: Int, _ problem: String?) {
        // One that was taken out and put back meanwhile has begun anew.
        guard let line = lines[url], line.sending == number else { return }
        if let problem {
            line.errors.add()
            line.dropped.add(UInt64(count))
            log.error("an Alertmanager did not take alerts", ["alertmanager": url, "alerts": count, "error": problem])
        } else {
            line.sent.add(UInt64(count))
        }
        lines[url]?.sending = nil
        send(url)
    }
}

extension ForwardedAlert {
    fileprivate func relabelled(_ rules: RelabelRules) -> ForwardedAlert? {
        if rules.isEmpty { return self }
        guard let labels = rules.apply(to: update.labels) else { return nil }
        var update = update
        update.labels = labels
        return ForwardedAlert(update: update, endsAt: endsAt)
    }

    /// The body of a request to `/api/v2/alerts`.
    fileprivate static func body(_ alerts: [ForwardedAlert]) -> [UInt8] {
        var writer = JSONWriter()
        writer.array { writer in
            for alert in alerts {
                writer.object { writer in
                    writer.member("labels") { writer in writer.value(JSONValue.object(alert.update.labels.json)) }
                    writer.member("annotations") { writer in writer.value(alert.update.annotations.json) }
                    if let startsAt = alert.update.startsAt { writer.member("startsAt", startsAt.rfc3339Text) }
                    writer.member("endsAt", alert.endsAt.rfc3339Text)
                    writer.member("generatorURL", alert.update.generatorURL)
                }
            }
        }
        return writer.takeBytes()
    }
}

extension DiscoverySettings {
    /// Whether all that is to be found is written down.
    fileprivate var isWritten: Bool { files.isEmpty && servers.isEmpty && names.isEmpty }

    /// The targets that are written down.
    fileprivate var written: [Labels] {
        groups.flatMap { group in
            group.targets.map { target in
                var builder = LabelsBuilder(group.labels)
                builder.set("__address__", target)
                return builder.build()
            }
        }
    }
}
