public import Metrics

/// The alerts of a group as they are kept across a restart.
public struct SavedGroup: Sendable, Hashable {
    public struct Rule: Sendable, Hashable {
        public let name: String
        public let alerts: [Alert]

        public init(name: String, alerts: [Alert]) {
            self.name = name
            self.alerts = alerts
        }
    }

    public let key: String
    /// When the alerts were last evaluated: from here on nobody knew.
    public let evaluatedAt: Timestamp?
    public let rules: [Rule]

    public init(key: String, evaluatedAt: Timestamp?, rules: [Rule]) {
        self.key = key
        self.evaluatedAt = evaluatedAt
        self.rules = rules
    }
}

/// Keeps alerts across restarts. History does it with SQLite; a file will do where there is no history.
public protocol AlertStateStore: Sendable {
    /// Everything that was saved, in any order.
    func load() throws -> [SavedGroup]
    /// Replaces what was saved of the group. Durable when it returns.
    func save(_ group: SavedGroup) throws
    /// Forgets groups that exist no more.
    func keepOnly(keys: [String]) throws
}
