/// Whether systemd could read a unit's definition.
public enum LoadState: String, Sendable, Hashable, CaseIterable {
    case stub
    case loaded
    case notFound = "not-found"
    case badSetting = "bad-setting"
    case error
    case merged
    case masked
    /// A word that this version of medic does not know.
    case unknown

    init(word: String) { self = Self(rawValue: word) ?? .unknown }
}

/// What a unit is doing, at large. What that means in detail depends on the kind of unit: see `sub`.
public enum ActiveState: String, Sendable, Hashable, CaseIterable {
    case active
    case reloading
    case inactive
    case failed
    case activating
    case deactivating
    case maintenance
    /// A word that this version of medic does not know.
    case unknown

    public init(word: String) { self = Self(rawValue: word) ?? .unknown }

    /// Neither up nor down: something is on its way.
    public var isInTransition: Bool {
        switch self {
        case .reloading, .activating, .deactivating: true
        default: false
        }
    }
}

/// A moment as systemd tells it: on the wall and on the monotonic clock, in microseconds.
public struct UnitMoment: Sendable, Hashable {
    public let wall: UInt64
    public let monotonic: UInt64

    public init(wall: UInt64, monotonic: UInt64) {
        self.wall = wall
        self.monotonic = monotonic
    }
}

/// Everything medic wants to know of a unit at one moment.
public struct UnitState: Sendable, Hashable {
    /// The unit's main name, which an alias leads to.
    public var name = ""
    public var description = ""
    public var load = LoadState.unknown
    /// Why it could not be loaded, in systemd's words; empty when it could.
    public var loadProblem = ""
    public var active = ActiveState.unknown
    /// The detailed state: `running`, `auto-restart`, `waiting`.
    public var sub = ""
    /// `enabled`, `static`, `transient`; empty where there is no file.
    public var fileState = ""
    public var fragmentPath = ""
    public var dropIns: [String] = []
    /// The definition on disk is newer than what systemd has read.
    public var needsDaemonReload = false
    public var freezer = ""
    /// The job that is queued for the unit, if any.
    public var job: UInt32?
    /// Another one for each time the unit was started; nil when it never was.
    public var invocation: String?
    public var activeEnter: UnitMoment?
    public var inactiveEnter: UnitMoment?
    public var stateChange: UnitMoment?
    public var controlGroup = ""

    /// How it ended last: `success`, `exit-code`, `signal`, `watchdog`, `oom-kill`, `start-limit-hit`.
    public var result = ""
    public var serviceType = ""
    public var restartPolicy = ""
    /// The main process; nil when there is none.
    public var mainPID: UInt32?
    /// How often systemd has restarted it by itself.
    public var restarts: UInt32 = 0
    /// How the main process ended last: the code that waitid gives (1 exited, 2 killed, 3 dumped) and exit status or signal.
    public var exitCode: Int32 = 0
    public var exitStatus: Int32 = 0
    /// What the service says of itself.
    public var statusText = ""

    public var memoryBytes: UInt64?
    public var memoryMaxBytes: UInt64?
    public var cpuNanoseconds: UInt64?
    public var tasks: UInt64?
    public var tasksMax: UInt64?

    public var canStart = false
    public var canStop = false
    public var canReload = false
    public var canFreeze = false

    public var dependencies = UnitDependencies()

    public init() {}

    /// How long the unit has been active, at a moment of the monotonic clock in microseconds; nil when it is not.
    public func activeMicroseconds(at now: UInt64) -> UInt64? {
        guard active == .active || active == .reloading, let activeEnter else { return nil }
        return now >= activeEnter.monotonic ? now - activeEnter.monotonic : 0
    }
}

/// The units that a unit is tied to.
public struct UnitDependencies: Sendable, Hashable {
    public var requires: [String] = []
    public var requisite: [String] = []
    public var wants: [String] = []
    public var bindsTo: [String] = []
    public var partOf: [String] = []
    public var after: [String] = []
    public var before: [String] = []
    public var requiredBy: [String] = []
    public var boundBy: [String] = []
    public var consistsOf: [String] = []
    public var triggers: [String] = []
    public var triggeredBy: [String] = []

    public init() {}
}

/// One line of the list of units.
public struct UnitSummary: Sendable, Hashable {
    public let name: String
    public let description: String
    public let load: LoadState
    public let active: ActiveState
    public let sub: String
    /// The job that is queued for the unit, if any.
    public let job: UInt32?
}
