import Configuration
import EventLoop
import HTTPClient
import Instruments
import Logging
import Metrics

/// Targets that a server lists.
///
/// Unchecked: confined to the loop.
final class HTTPDiscovery: Discovery, @unchecked Sendable {
    private let context: DiscoveryContext
    private let settings: DiscoverySettings.HTTPDiscovery
    private(set) var groups: [TargetGroup] = []
    private var changed: (@Sendable () -> Void)?
    private var call: HTTPCall?
    private var timer: TimerToken?

    private static let timeoutMax = Milliseconds.seconds(30)

    init(_ context: DiscoveryContext, _ settings: DiscoverySettings.HTTPDiscovery) {
        self.context = context
        self.settings = settings
    }

    private var interval: Duration { max(.milliseconds(100), .milliseconds(settings.refreshInterval.rawValue)) }

    func start(_ changed: @escaping @Sendable () -> Void) {
        self.changed = changed
        let request = HTTPRequest(
            "GET",
            settings.url,
            headers: [
                HTTPHeader("Accept", "application/json"),
                HTTPHeader(
                    "X-Prometheus-Refresh-Interval-Seconds",
                    Number.general(settings.refreshInterval.seconds)
                ),
            ],
            timeout: .milliseconds(max(100, min(settings.refreshInterval, Self.timeoutMax).rawValue)),
            bodyLimit: TargetFile.bytesMax
        )
        call = context.client.call(request, settings: settings.client) { [weak self] in self?.answered($0) }
        refresh()
    }

    func stop() {
        changed = nil
        timer?.cancel()
        timer = nil
        call?.cancel()
        call = nil
    }

    private func refresh() {
        call?.start()
        timer = context.loop.after(interval) { [weak self] in self?.refresh() }
    }

    private func answered(_ result: Result<HTTPResponse, HTTPClientError>) {
        guard changed != nil else { return }
        do throws(TargetFile.Refusal) {
            let found = try Self.groups(result).map { group in
                var group = group
                var labels = LabelsBuilder(group.labels)
                labels.set("__meta_url", settings.url)
                group.labels = labels.build()
                return group
            }
            guard found != groups else { return }
            groups = found
            changed?()
        } catch {
            context.failures.add()
            context.log.warning("a server of targets cannot be used", ["url": settings.url, "error": error.reason])
        }
    }

    private static func groups(_ result: Result<HTTPResponse, HTTPClientError>) throws(TargetFile.Refusal)
        -> [TargetGroup]
    {
        let response: HTTPResponse
        switch result {
        case .success(let answer): response = answer
        case .failure(let error): throw TargetFile.Refusal("\(error)")
        }
        guard response.status == 200 else { throw TargetFile.Refusal("server returned HTTP status \(response.status)") }
        let type = (response.contentType ?? "").lowercased().filter { $0 != " " && $0 != "\"" }
        guard ["application/json", "application/json;charset=utf-8"].contains(type) else {
            throw TargetFile.Refusal("unsupported content type \(Labels.quoted(response.contentType ?? ""))")
        }
        return try TargetFile.parseJSON(response.body)
    }
}
