import Configuration
import EventLoop
import HTTPClient
import HTTPSettings
import Metrics
import Sockets

// Ports: whether they take connections, and whether they speak TLS.
extension Probe {
    func connect(_ host: String, _ port: Int, _ ended: @escaping @Sendable (String?) -> Void) {
        let deadline = MonotonicInstant.now + timeout
        Task { [loop = client.loop] in
            let complaint = await offload { Self.complaint(host, port, deadline) }
            loop.submit { ended(complaint) }
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

    // MARK: TLS

    func shakeHands(_ host: String, _ port: Int, _ ended: @escaping @Sendable (String?) -> Void) {
        let shown = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
        let url = "https://\(shown):\(port)"
        let deadline = MonotonicInstant.now + timeout
        shakeHands(url, settings.tls, timeout) { [weak self] result in
            guard let self else { return ended(nil) }
            switch result {
            case .success(let response):
                note(response, isTrusted: !settings.tls.skipsVerification)
                ended(nil)
            case .failure(.tls(let reason)) where !settings.tls.skipsVerification:
                // Which certificate is not trusted, or has expired, is what the operator wants to know now.
                lookCloser(url, until: deadline) { ended("tls: \(reason)") }
            case .failure(let error): ended(error.description)
            }
        }
    }

    private func shakeHands(
        _ url: String,
        _ tls: TLSSettings,
        _ timeout: Duration,
        then: @escaping HTTPCall.Completion
    ) {
        var request = HTTPRequest("GET", url, timeout: timeout, wantsCertificates: true)
        request.onlyConnects = true
        var settings = HTTPClientSettings()
        settings.tls = tls
        client.send(request, settings: settings, then: then)
    }

    private func lookCloser(_ url: String, until deadline: MonotonicInstant, then: @escaping @Sendable () -> Void) {
        var tls = settings.tls
        tls.skipsVerification = true
        shakeHands(url, tls, deadline - .now) { [weak self] result in
            if case .success(let response) = result { self?.note(response, isTrusted: false) }
            then()
        }
    }

    private func note(_ response: HTTPResponse, isTrusted: Bool) {
        set("probe_dns_lookup_time_seconds", response.timings.resolve)
        set("probe_tls_duration_seconds", response.timings.connect, phase: "connect")
        set("probe_tls_duration_seconds", response.timings.tls, phase: "handshake")
        set("probe_tls_chain_verified", isTrusted ? 1 : 0)
        set(isIPv6: response.remoteAddress.utf8.contains(UInt8(ascii: ":")))
        note(response.certificates, version: response.tlsVersion)
    }
}
