import Alerting
import Files
import Synchronization
import Templates

/// The time zones that this host knows. Each file is read once.
enum TimeZones {
    private static let folder = "/usr/share/zoneinfo/"
    private static let known = Mutex<[String: TimeZoneRules?]>([:])
    // Names come from configurations and their templates; nobody needs more than there are zones.
    private static let knownMax = 1_000

    /// The rules of a zone; nil for a name that the host's database does not have.
    @Sendable static func rules(of name: String) -> TimeZoneRules? {
        if let found = known.withLock({ $0[name] }) { return found }
        let rules = read(name)
        known.withLock { known in
            if known.count < knownMax { known[name] = .some(rules) }
        }
        return rules
    }

    /// What the clocks of a zone show at a moment, for templates.
    @Sendable static func zone(_ name: String, _ time: TemplateTime) -> TemplateTime.Zone? {
        guard let offset = rules(of: name)?.offset(at: time.seconds) else { return nil }
        return TemplateTime.Zone(offset: offset.seconds, name: offset.name)
    }

    private static func read(_ name: String) -> TimeZoneRules? {
        // The name comes from a file and must not lead out of the folder.
        guard !name.isEmpty, !name.hasPrefix("/"), !name.split(separator: "/").contains("..") else { return nil }
        guard let bytes = try? FileSystem.read(folder + name, limit: 1 << 20) else { return nil }
        return TimeZoneRules(file: bytes)
    }
}
