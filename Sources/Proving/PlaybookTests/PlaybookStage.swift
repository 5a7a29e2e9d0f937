public import Metrics
public import Playbooks
public import YAML

/// What a test says of the world in which playbooks act, and what must come of it.
public struct PlaybookStage: Sendable {
    /// Units that are not as usual: running for an hour when the test begins.
    public let units: [UnitFacts]
    public let hostUptime: Milliseconds
    /// For how long medic has been watching when the test begins.
    public let medicUptime: Milliseconds
    /// Names of time intervals that are active all the time.
    public let intervals: [String]
    public let deeds: [DeedScript]
    public let words: [OperatorWord]
    /// When medic is killed and started again.
    public let restarts: [Milliseconds]
    public let expectations: [PlaybookExpectation]

    static let usualUptime = Milliseconds.hours(1)

    var isEmpty: Bool { expectations.isEmpty }
}

/// What comes of the deeds of an action: one answer for each time it is done, of which the last one stays.
public struct DeedScript: Sendable {
    public let action: Placed<String>
    public let answers: [Answer]

    public struct Answer: Sendable {
        public enum Result: Sendable {
            case succeeds
            case fails(String)
            /// Nobody knows what it did.
            case unknown
        }

        public let result: Result
        public let takes: Milliseconds

        static let usual = Answer(result: .succeeds, takes: .seconds(1))
    }
}

/// What an operator says at a time.
public struct OperatorWord: Sendable {
    public enum Act: String, Sendable, CaseIterable {
        case approve, refuse, cancel, start
        case stopHealing = "stop_healing"
        case resumeHealing = "resume_healing"
    }

    public let time: Milliseconds
    public let act: Act
    /// Whose newest run is meant, or what is to be started.
    public let playbook: Placed<String>?
    /// The labels that a start is given.
    public let labels: Labels
}

/// What has come of a playbook by a time. What is nil is not looked at.
public struct PlaybookExpectation: Sendable {
    public let time: Milliseconds
    public let playbook: Placed<String>
    /// Labels of the patient that is meant; empty: whichever.
    public let subject: Labels
    /// How many runs have begun.
    public let runs: Int?
    /// The state of the newest run; `none` where there must not be one.
    public let state: String?
    /// The actions of the newest run in the order in which they were begun, each attempt.
    public let steps: [Placed<String>]?
    /// The guards that refused the newest run.
    public let refusedBy: [String]?
    /// Part of the sentence that says why the newest run is where it is.
    public let reason: String?
    /// What was told of the playbook since the beginning.
    public let notifications: [String]?
    /// Whether the notifications of an alert of the newest run are kept back.
    public let isHeld: Bool?
    public let range: Range<Int>
}
