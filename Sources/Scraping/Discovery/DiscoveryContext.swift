import Configuration
import EventLoop
import HTTPClient
import Instruments
import Logging

/// What all discoveries share.
struct DiscoveryContext: Sendable {
    let loop: EventLoop
    let client: HTTPClient
    let log: Logger
    /// Refreshes that failed.
    let failures: Counter

    /// Every way that the settings name.
    func discoveries(of settings: DiscoverySettings) -> [any Discovery] {
        var discoveries: [any Discovery] = settings.groups.isEmpty ? [] : [StaticDiscovery(settings.groups)]
        discoveries += settings.files.map { FileDiscovery(self, $0) }
        discoveries += settings.servers.map { HTTPDiscovery(self, $0) }
        discoveries += settings.names.map { DNSDiscovery(self, $0) }
        return discoveries
    }
}
