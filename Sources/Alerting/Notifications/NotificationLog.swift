public import Metrics

/// What each integration was last told of each group, so that it is not told the same again.
public struct NotificationLog: Sendable {
    public struct Key: Hashable, Sendable {
        public let groupKey: String
        public let integration: IntegrationKey

        public init(groupKey: String, integration: IntegrationKey) {
            self.groupKey = groupKey
            self.integration = integration
        }
    }

    /// What was told. Also stands for what is about to be told, while it is on its way.
    public struct Told: Hashable, Sendable {
        public var firing: Set<Fingerprint>
        public var resolved: Set<Fingerprint>
        /// The words on treatments, by their marks.
        public var words: Set<String>

        public init(firing: Set<Fingerprint>, resolved: Set<Fingerprint>, words: Set<String> = []) {
            self.firing = firing
            self.resolved = resolved
            self.words = words
        }
    }

    public struct Entry: Hashable, Sendable {
        public let key: Key
        public let told: Told
        public let at: Timestamp
        public let expiresAt: Timestamp

        public init(key: Key, told: Told, at: Timestamp, expiresAt: Timestamp) {
            self.key = key
            self.told = told
            self.at = at
            self.expiresAt = expiresAt
        }
    }

    private(set) var entries: [Key: Entry] = [:]
    /// How long an entry counts at most; Alertmanager's 120 hours.
    let retention: Milliseconds

    init(retention: Milliseconds = .hours(120)) {
        self.retention = retention
    }

    public var count: Int { entries.count }

    public subscript(key: Key) -> Entry? { entries[key] }

    mutating func restore(_ saved: [Entry]) {
        for entry in saved { entries[entry.key] = entry }
    }

    /// Notes what was told. An entry is needed for twice the time after which it would be told again.
    mutating func note(_ key: Key, _ told: Told, repeatInterval: Milliseconds, at now: Timestamp) -> Entry {
        let life = min(retention, Milliseconds(repeatInterval.rawValue.multipliedReportingOverflow(by: 2).partialValue))
        let entry = Entry(key: key, told: told, at: now, expiresAt: now + (life > .zero ? life : retention))
        entries[key] = entry
        return entry
    }

    mutating func collect(at now: Timestamp) -> [Key] {
        let gone = entries.values.filter { $0.expiresAt <= now }.map(\.key)
        for key in gone { entries[key] = nil }
        return gone
    }
}

extension NotificationLog.Told {
    /// Why a group should be told, or why not. The rules are Alertmanager's; words on treatments are always news.
    enum Verdict: Equatable {
        case changed
        case repeated
        case nothingNew
    }

    func verdict(
        since last: (told: NotificationLog.Told, at: Timestamp)?,
        sendsResolved: Bool,
        repeatInterval: Milliseconds,
        at now: Timestamp
    ) -> Verdict {
        guard let last else { return firing.isEmpty && words.isEmpty ? .nothingNew : .changed }
        if !firing.isSubset(of: last.told.firing) || !words.isSubset(of: last.told.words) { return .changed }
        // The end of all alerts is noted even for those who are not told of it, so that their next begin is news.
        if firing.isEmpty { return last.told.firing.isEmpty ? .nothingNew : .changed }
        if sendsResolved && !resolved.isSubset(of: last.told.resolved) { return .changed }
        return last.at < now - repeatInterval ? .repeated : .nothingNew
    }
}
