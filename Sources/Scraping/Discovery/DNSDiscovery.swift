import Configuration
import EventLoop
import Instruments
import Logging
import Metrics
import Resolver

/// Targets that name servers know.
///
/// Unchecked: confined to the loop.
final class DNSDiscovery: Discovery, @unchecked Sendable {
    private let context: DiscoveryContext
    private let settings: DiscoverySettings.DNSDiscovery
    private let resolver: Resolver
    private var known: [String: TargetGroup] = [:]
    private var changed: (@Sendable () -> Void)?
    private var timer: TimerToken?

    init(_ context: DiscoveryContext, _ settings: DiscoverySettings.DNSDiscovery, _ resolver: Resolver? = nil) {
        self.context = context
        self.settings = settings
        self.resolver = resolver ?? Resolver(loop: context.loop)
    }

    var groups: [TargetGroup] { settings.names.compactMap { known[$0] } }

    func start(_ changed: @escaping @Sendable () -> Void) {
        self.changed = changed
        refresh()
    }

    func stop() {
        changed = nil
        timer?.cancel()
        timer = nil
    }

    private func refresh() {
        for name in settings.names {
            resolver.records(settings.type.recordType, of: name) { [weak self] in self?.answered(name, $0) }
        }
        let interval = max(.milliseconds(100), Duration.milliseconds(settings.refreshInterval.rawValue))
        timer = context.loop.after(interval) { [weak self] in self?.refresh() }
    }

    private func answered(_ name: String, _ result: Result<[DNSRecord], ResolverError>) {
        guard changed != nil else { return }
        switch result {
        case .success(let records):
            // Servers answer in any order; what has not changed must not look changed.
            let targets = records.compactMap { target($0, of: name) }.sorted()
            let group = TargetGroup(targets: targets)
            guard known[name] != group else { return }
            known[name] = group
            changed?()
        case .failure(let error):
            context.failures.add()
            context.log.warning("a name of targets cannot be looked up", ["name": name, "error": error])
        }
    }

    private func target(_ record: DNSRecord, of name: String) -> Labels? {
        var labels = LabelsBuilder()
        labels.set("__meta_dns_name", name)
        switch record {
        case .a, .aaaa: setAddress(record.text, settings.port, &labels)
        case .mx(_, let host):
            labels.set("__meta_dns_mx_record_target", host)
            setAddress(host, settings.port, &labels)
        case .ns(let host):
            labels.set("__meta_dns_ns_record_target", host)
            setAddress(host, settings.port, &labels)
        case .srv(_, _, let port, let host):
            labels.set("__meta_dns_srv_record_target", host)
            labels.set("__meta_dns_srv_record_port", String(port))
            setAddress(host, port, &labels)
        case .cname, .ptr, .soa, .txt: return nil
        }
        return labels.build()
    }

    private func setAddress(_ host: String, _ port: Int, _ labels: inout LabelsBuilder) {
        var host = host
        while host.hasSuffix("."), host.utf8.count > 1 { host.removeLast() }
        labels.set(TargetLabels.address, host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
    }
}

extension DiscoverySettings.DNSDiscovery.RecordType {
    fileprivate var recordType: DNSRecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .mx: .mx
        case .ns: .ns
        case .srv: .srv
        }
    }
}
