public import SystemBus

/// Something that systemd tells by itself.
public enum UnitChange: Sendable, Hashable {
    /// systemd is there, or is another one than before: what was known has to be asked for again.
    case managerAppeared
    case managerVanished
    /// systemd begins (true) or has ended (false) to read its files again.
    case reloading(Bool)
    case unitNew(String)
    case unitRemoved(String)
    case jobNew(UInt32, unit: String)
    case jobRemoved(UInt32, unit: String, JobResult)
    case properties(UnitUpdate)
}

/// Properties of a unit that have new values.
public struct UnitUpdate: Sendable, Hashable {
    /// Which part of the unit they belong to.
    public enum Part: String, Sendable, Hashable, CaseIterable {
        case unit = "Unit"
        case service = "Service"
        case socket = "Socket"
        case timer = "Timer"

        /// The D-Bus interface of that part.
        public var interface: String { "org.freedesktop.systemd1." + rawValue }
    }

    public let unit: String
    public let part: Part
    public let values: [String: BusValue]

    public init(unit: String, part: Part, values: [String: BusValue]) {
        self.unit = unit
        self.part = part
        self.values = values
    }

    /// The new state, where it is among the changes.
    public var active: ActiveState? { values["ActiveState"]?.text.map { ActiveState(word: $0) } }
    public var sub: String? { values["SubState"]?.text }
    public var result: String? { values["Result"]?.text }
    public var restarts: UInt64? { values["NRestarts"]?.unsigned }
    /// When it became active, in microseconds on the wall; 0 when it never did.
    public var activeEnter: UInt64? { values["ActiveEnterTimestamp"]?.unsigned }
    public var inactiveEnter: UInt64? { values["InactiveEnterTimestamp"]?.unsigned }
}
