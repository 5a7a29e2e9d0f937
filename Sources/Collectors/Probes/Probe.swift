import Configuration
import EventLoop
import HTTPClient
import Logging
import Metrics
import RegularExpressions
import Sockets

/// One probe and its series.
///
/// Unchecked: confined to the loop of its client.
final class Probe: @unchecked Sendable {
    /// More of a page is not looked at: it is a failure.
    private static let bodyMax = 4 << 20

    let settings: ProbeSettings
    let sheet: SampleSheet
    private let client: HTTPClient
    private let log: Logger
    private let body: Pattern?
    private let refusedBody: Pattern?
    private var lines: [String: SampleSheet.Line] = [:]
    private var isConnecting = false
    private var failure: String?

    init(_ settings: ProbeSettings, sheet: SampleSheet, client: HTTPClient, log: Logger) throws(PatternError) {
        self.settings = settings
        self.sheet = sheet
        self.client = client
        self.log = log
        body = try Self.pattern(settings.page.body)
        refusedBody = try Self.pattern(settings.page.refusedBody)
    }

    private static func pattern(_ source: String?) throws(PatternError) -> Pattern? {
        guard let source else { return nil }
        return try Pattern(source, anchored: false)
    }

    /// Looks once, and sets the lines. `then` is told on the loop whether all was well.
    func run(then: @escaping @Sendable (Bool) -> Void) {
        switch settings.target {
        case .http(let url): ask(url, then)
        case .tcp(let host, let port): connect(host, port, then)
        }
    }

    // MARK: Pages

    private func ask(_ url: String, _ then: @escaping @Sendable (Bool) -> Void) {
        let request = HTTPRequest(
            settings.page.method,
            url,
            timeout: .milliseconds(settings.timeout.rawValue),
            bodyLimit: Self.bodyMax,
            // How long connecting takes, and the certificate, are what is looked at.
            wantsCertificates: true
        )
        let began = MonotonicInstant.now
        client.send(request, settings: settings.page.client) { [weak self] result in
            guard let self else { return }
            set("probe_duration_seconds", Self.seconds(MonotonicInstant.now - began))
            switch result {
            case .success(let response): then(note(response, url))
            case .failure(let error):
                dropPage()
                then(conclude(error.description))
            }
        }
    }

    private func note(_ response: HTTPResponse, _ url: String) -> Bool {
        let timings = response.timings
        let phases = [
            ("resolve", timings.resolve), ("connect", timings.connect), ("tls", timings.tls),
            ("processing", timings.processing), ("transfer", timings.transfer),
        ]
        for (phase, span) in phases { set("probe_http_duration_seconds", Self.seconds(span), phase: phase) }
        set("probe_dns_lookup_time_seconds", Self.seconds(timings.resolve))
        set("probe_http_status_code", Double(response.status))
        set("probe_http_redirects", Double(response.redirects))
        set("probe_http_uncompressed_body_length", Double(response.body.count))
        set("probe_http_ssl", response.certificateExpiry == nil ? 0 : 1)
        set("probe_http_version", Double(response.version) ?? 0)
        set("probe_ip_protocol", response.remoteAddress.utf8.contains(UInt8(ascii: ":")) ? 6 : 4)
        set("probe_ssl_earliest_cert_expiry", response.certificateExpiry.map { Double($0) })
        let complaint = bodyComplaint(response.body)
        set("probe_failed_due_to_regex", complaint == nil ? 0 : 1)
        let statuses = settings.page.statuses
        let isExpected = statuses.isEmpty ? (200...299).contains(response.status) : statuses.contains(response.status)
        return conclude(isExpected ? complaint : "the status is \(response.status)")
    }

    private func bodyComplaint(_ bytes: [UInt8]) -> String? {
        guard body != nil || refusedBody != nil else { return nil }
        // The bytes live as long as the call that looks at them.
        let isFound = unsafe bytes.withUnsafeBufferPointer { unsafe body?.matches($0) ?? true }
        guard isFound else { return "what is expected in the body is not there" }
        let isRefused = unsafe bytes.withUnsafeBufferPointer { unsafe refusedBody?.matches($0) ?? false }
        return isRefused ? "what is refused in the body is there" : nil
    }

    /// Without an answer there is no status and no phase; what is known of the certificate ends too.
    private func dropPage() {
        for (key, line) in lines where key != "probe_success" && key != "probe_duration_seconds" {
            sheet.drop(line)
            lines[key] = nil
        }
        set("probe_http_status_code", 0)
    }

    // MARK: Ports

    private func connect(_ host: String, _ port: Int, _ then: @escaping @Sendable (Bool) -> Void) {
        guard !isConnecting else {
            // The resolver has its own patience.
            set("probe_duration_seconds", Double(settings.timeout.rawValue) / 1_000)
            then(conclude("the look before has not ended"))
            return
        }
        isConnecting = true
        let began = MonotonicInstant.now
        let deadline = began + .milliseconds(settings.timeout.rawValue)
        Task { [weak self, loop = client.loop] in
            let complaint = await offload { Self.complaint(host, port, deadline) }
            let took = MonotonicInstant.now - began
            loop.submit { [weak self] in
                guard let self else { return }
                isConnecting = false
                set("probe_duration_seconds", Self.seconds(took))
                then(conclude(complaint))
            }
        }
    }

    private static func complaint(_ host: String, _ port: Int, _ deadline: MonotonicInstant) -> String? {
        do throws(SocketError) {
            _ = try StreamSocket(to: .network(host: host, port: port), deadline: deadline)
            return nil
        } catch {
            return error.description
        }
    }

    // MARK: Lines

    /// True when there is nothing to complain of. A new complaint is told once.
    private func conclude(_ complaint: String?) -> Bool {
        set("probe_success", complaint == nil ? 1 : 0)
        if complaint != failure {
            if let complaint {
                log.info("a probe fails", ["probe": settings.name, "reason": complaint])
            } else {
                log.info("a probe succeeds again", ["probe": settings.name])
            }
        }
        failure = complaint
        return complaint == nil
    }

    private func set(_ name: String, _ value: Double?, phase: String? = nil) {
        let key = phase.map { "\(name) \($0)" } ?? name
        guard let value else {
            if let line = lines.removeValue(forKey: key) { sheet.drop(line) }
            return
        }
        let line = lines[key] ?? sheet.line(name, phase.map { [Label("phase", $0)] } ?? [])
        lines[key] = line
        sheet.set(line, value)
    }

    private static func seconds(_ span: Duration) -> Double { Double(span.wholeNanoseconds) / 1e9 }
}
