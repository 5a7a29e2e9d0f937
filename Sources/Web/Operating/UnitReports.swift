public import Metrics

/// One of systemd's units.
public struct UnitLine: Sendable, Hashable {
    public var name: String
    public var description: String
    public var active: String
    public var sub: String

    public init(name: String, description: String, active: String, sub: String) {
        self.name = name
        self.description = description
        self.active = active
        self.sub = sub
    }
}

/// A unit, as systemd tells of it.
public struct UnitReport: Sendable, Hashable {
    public var line: UnitLine
    public var load = ""
    /// How it ended last.
    public var result = ""
    public var mainPID: Int?
    public var restarts = 0
    /// Since when it is active.
    public var since: Timestamp?
    public var uptime: Milliseconds?
    public var memoryBytes: Int?
    public var tasks: Int?
    public var processorTime: Milliseconds?
    /// Another one for each time it was started.
    public var invocation: String?
    /// What it cannot be without.
    public var needs: [String] = []
    public var statusText = ""

    public init(line: UnitLine) {
        self.line = line
    }
}

/// A line of the journal.
public struct JournalLine: Sendable, Hashable {
    public var at: Timestamp
    /// `err`, `warning`, `info`, ...
    public var priority: String
    public var program: String
    public var text: String

    public init(at: Timestamp, priority: String, program: String, text: String) {
        self.at = at
        self.priority = priority
        self.program = program
        self.text = text
    }
}

/// Who is told of an alert.
public struct TellingReport: Sendable, Hashable {
    /// In the order in which they are told.
    public var receivers: [String]
    /// The ids of silences that keep it back.
    public var silences: [String]
    /// The fingerprints of alerts that keep it back.
    public var inhibitors: [String]
    /// The run for whose sake it is kept back.
    public var holdingRun: String?
    /// Who looks after it.
    public var acknowledgedBy: String?

    public init(
        receivers: [String],
        silences: [String] = [],
        inhibitors: [String] = [],
        holdingRun: String? = nil,
        acknowledgedBy: String? = nil
    ) {
        self.holdingRun = holdingRun
        self.acknowledgedBy = acknowledgedBy
        self.receivers = receivers
        self.silences = silences
        self.inhibitors = inhibitors
    }
}
