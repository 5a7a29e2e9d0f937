import Configuration
import EventLoop
import HTTPClient
import Logging
import Metrics
import RegularExpressions

/// One probe and its series.
///
/// Unchecked: confined to the loop of its client.
final class Probe: @unchecked Sendable {
    typealias Completion = @Sendable (Bool) -> Void

    let settings: ProbeSettings
    let sheet: SampleSheet
    let client: HTTPClient
    let body: Pattern?
    let refusedBody: Pattern?
    let answers: [Pattern]
    let refusedAnswer: Pattern?
    private let log: Logger
    private var lines: [[Label]: SampleSheet.Line] = [:]
    /// What this look has set so far.
    private var present: Set<[Label]> = []
    private var isLooking = false
    /// Whether this host may not look in this way.
    var isHindered = false
    private var failure: String?
    private var latency = Duration.zero

    init(_ settings: ProbeSettings, sheet: SampleSheet, client: HTTPClient, log: Logger) throws(PatternError) {
        self.settings = settings
        self.sheet = sheet
        self.client = client
        self.log = log
        body = try Self.pattern(settings.page.body)
        refusedBody = try Self.pattern(settings.page.refusedBody)
        answers = try settings.question.answers.map { source throws(PatternError) in
            try Pattern(source, anchored: false)
        }
        refusedAnswer = try Self.pattern(settings.question.refusedAnswer)
    }

    private static func pattern(_ source: String?) throws(PatternError) -> Pattern? {
        guard let source else { return nil }
        return try Pattern(source, anchored: false)
    }

    /// How the last look went.
    var condition: WatchedCondition {
        guard let failure else { return WatchedCondition(name: name, level: .healthy, latency: latency) }
        let level: WatchedCondition.Level = isHindered ? .degraded : .unhealthy
        return WatchedCondition(name: name, level: level, message: failure, latency: latency)
    }

    private var name: String { "probe \(settings.name)" }

    var timeout: Duration { .milliseconds(settings.timeout.rawValue) }

    /// Looks once, and sets the lines. `then` is told on the loop whether all was well.
    func run(then: @escaping Completion) {
        guard !isLooking else {
            // The system's resolver has its own patience.
            present = Set(lines.keys)
            return conclude("the look before has not ended", after: timeout, then)
        }
        isLooking = true
        isHindered = false
        present = []
        let began = MonotonicInstant.now
        let ended: @Sendable (String?) -> Void = { [weak self] complaint in
            self?.isLooking = false
            self?.conclude(complaint, after: .now - began, then)
        }
        switch settings.target {
        case .http(let url): ask(url, ended)
        case .tcp(let host, let port): connect(host, port, ended)
        case .dns(let host, let port): question(host, port, ended)
        case .tls(let host, let port): shakeHands(host, port, ended)
        case .icmp(let host): ping(host, ended)
        }
    }

    /// Without a complaint all was well; a new complaint is told once. What was not set in this look ends.
    private func conclude(_ complaint: String?, after span: Duration, _ then: Completion) {
        latency = span
        set("probe_duration_seconds", span)
        set("probe_success", complaint == nil ? 1 : 0)
        for (key, line) in lines where !present.contains(key) {
            sheet.drop(line)
            lines[key] = nil
        }
        if complaint != failure {
            if let complaint, isHindered {
                log.warning("a probe cannot be made", ["probe": settings.name, "reason": complaint])
            } else if let complaint {
                log.info("a probe fails", ["probe": settings.name, "reason": complaint])
            } else {
                log.info("a probe succeeds again", ["probe": settings.name])
            }
        }
        failure = complaint
        then(complaint == nil)
    }

    // MARK: Lines

    func set(_ name: String, _ value: Double, _ labels: [Label] = []) {
        let key = [Label(Labels.metricName, name)] + labels
        let line = lines[key] ?? sheet.line(name, labels)
        lines[key] = line
        present.insert(key)
        sheet.set(line, value)
    }

    func set(_ name: String, _ span: Duration, phase: String? = nil) {
        set(name, Double(span.wholeNanoseconds) / 1e9, phase.map { [Label("phase", $0)] } ?? [])
    }

    /// Which version of IP the other side was reached by.
    func set(isIPv6: Bool) { set("probe_ip_protocol", isIPv6 ? 6 : 4) }

    /// What was learnt of the other side's TLS.
    func note(_ certificates: [ServerCertificate], version: String?) {
        if let expiry = certificates.compactMap(\.expiry).min() {
            set("probe_ssl_earliest_cert_expiry", Double(expiry))
        }
        if let own = certificates.first {
            set(
                "probe_ssl_last_chain_info",
                1,
                [
                    Label("fingerprint_sha256", own.fingerprint), Label("subject", own.subject),
                    Label("issuer", own.issuer), Label("subjectalternative", own.hosts.joined(separator: ",")),
                    Label("serialnumber", own.serialNumber),
                ]
            )
        }
        guard let version else { return }
        // OpenSSL's `TLSv1.3` as Go writes it.
        let shown = version.hasPrefix("TLSv") ? "TLS " + version.dropFirst(4) : version
        set("probe_tls_version_info", 1, [Label("version", shown.contains(".") ? shown : shown + ".0")])
    }
}
