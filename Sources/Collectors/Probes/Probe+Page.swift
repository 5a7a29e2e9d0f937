import Configuration
import EventLoop
import HTTPClient
import Metrics
import RegularExpressions

// Pages.
extension Probe {
    /// More of a page is not looked at: it is a failure.
    private static let bodyMax = 4 << 20

    func ask(_ url: String, _ ended: @escaping @Sendable (String?) -> Void) {
        let request = HTTPRequest(
            settings.page.method,
            url,
            timeout: timeout,
            bodyLimit: Self.bodyMax,
            // How long connecting takes, and the certificate, are what is looked at.
            wantsCertificates: true
        )
        client.send(request, settings: settings.page.client) { [weak self] result in
            switch result {
            case .success(let response): ended(self?.note(response))
            case .failure(let error):
                self?.set("probe_http_status_code", 0)
                ended(error.description)
            }
        }
    }

    /// Answers what there is to complain of.
    private func note(_ response: HTTPResponse) -> String? {
        let timings = response.timings
        let phases = [
            ("resolve", timings.resolve), ("connect", timings.connect), ("tls", timings.tls),
            ("processing", timings.processing), ("transfer", timings.transfer),
        ]
        for (phase, span) in phases { set("probe_http_duration_seconds", span, phase: phase) }
        set("probe_dns_lookup_time_seconds", timings.resolve)
        set("probe_http_status_code", Double(response.status))
        set("probe_http_redirects", Double(response.redirects))
        set("probe_http_uncompressed_body_length", Double(response.body.count))
        set("probe_http_ssl", response.certificates.isEmpty ? 0 : 1)
        set("probe_http_version", Double(response.version) ?? 0)
        set(isIPv6: response.remoteAddress.utf8.contains(UInt8(ascii: ":")))
        note(response.certificates, version: response.tlsVersion)
        let complaint = bodyComplaint(response.body)
        set("probe_failed_due_to_regex", complaint == nil ? 0 : 1)
        let statuses = settings.page.statuses
        let isExpected = statuses.isEmpty ? (200...299).contains(response.status) : statuses.contains(response.status)
        return isExpected ? complaint : "the status is \(response.status)"
    }

    private func bodyComplaint(_ bytes: [UInt8]) -> String? {
        guard body != nil || refusedBody != nil else { return nil }
        // The bytes live as long as the call that looks at them.
        let isFound = unsafe bytes.withUnsafeBufferPointer { unsafe body?.matches($0) ?? true }
        guard isFound else { return "what is expected in the body is not there" }
        let isRefused = unsafe bytes.withUnsafeBufferPointer { unsafe refusedBody?.matches($0) ?? false }
        return isRefused ? "what is refused in the body is there" : nil
    }
}
