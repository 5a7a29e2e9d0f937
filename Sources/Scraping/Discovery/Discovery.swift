import Configuration

/// One place where targets are found.
///
/// Confined to the loop.
protocol Discovery: AnyObject {
    /// What is known of its targets. Groups of a refresh that failed are those of the one before.
    var groups: [TargetGroup] { get }
    /// Looks for targets from now on, and tells when they have changed.
    func start(_ changed: @escaping @Sendable () -> Void)
    func stop()
}

/// Targets that are written down.
final class StaticDiscovery: Discovery {
    let groups: [TargetGroup]

    init(_ settings: [DiscoverySettings.StaticGroup]) {
        groups = settings.map { TargetGroup(addresses: $0.targets, labels: $0.labels) }
    }

    func start(_ changed: @escaping @Sendable () -> Void) {}
    func stop() {}
}
