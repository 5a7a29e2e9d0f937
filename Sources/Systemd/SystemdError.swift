internal import SystemBus

/// Why systemd did not do what it was asked for, or why that is not known.
public enum SystemdError: Error, Hashable, Sendable {
    /// polkit, or the policy of the bus, does not allow it to this user.
    case denied(action: String, unit: String?, reason: String)
    case noSuchUnit(String)
    case masked(unit: String)
    /// Nobody is there to ask; nothing was done.
    case unreachable(String)
    /// It was asked for, and the connection broke before the answer.
    case outcomeUnknown(unit: String?, reason: String)
    /// The job did not end in time. Whether systemd was told to give it up.
    case timedOut(unit: String, jobCancelled: Bool)
    /// The caller gave up; systemd was told to give the job up.
    case cancelled(unit: String?)
    /// systemd says no, under this name, in these words.
    case refused(unit: String?, name: String, message: String)
    /// What was given cannot be sent at all.
    case invalidArgument(String)
}

extension SystemdError {
    /// The action that polkit checks for jobs, signals and properties of units.
    public static let manageUnits = "org.freedesktop.systemd1.manage-units"
    /// The action that polkit checks before systemd reads its files again.
    public static let reloadDaemon = "org.freedesktop.systemd1.reload-daemon"

    /// What an error of the bus means for something asked of systemd.
    init(_ error: BusError, unit: String?, action: String) {
        switch error.kind {
        case .disconnected, .timeout: self = .outcomeUnknown(unit: unit, reason: error.message)
        case .cancelled: self = .cancelled(unit: unit)
        case .invalidArgument: self = .invalidArgument(error.message)
        case .overloaded, .malformed: self = .refused(unit: unit, name: error.name, message: error.message)
        case .remote: self = Self.told(error, unit: unit, action: action)
        }
    }

    private static func told(_ error: BusError, unit: String?, action: String) -> SystemdError {
        switch error.name {
        case "org.freedesktop.DBus.Error.AccessDenied", "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
            "org.freedesktop.DBus.Error.AuthFailed":
            .denied(action: action, unit: unit, reason: error.message)
        case "org.freedesktop.systemd1.NoSuchUnit", "org.freedesktop.systemd1.LoadFailed":
            unit.map { .noSuchUnit($0) } ?? .refused(unit: nil, name: error.name, message: error.message)
        case "org.freedesktop.systemd1.UnitMasked":
            unit.map { .masked(unit: $0) } ?? .refused(unit: nil, name: error.name, message: error.message)
        case "org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner":
            .unreachable("systemd is not on the bus")
        default:
            .refused(unit: unit, name: error.name, message: error.message)
        }
    }

    /// Whether the deed may have been done all the same.
    public var mayHaveHappened: Bool {
        switch self {
        case .outcomeUnknown, .timedOut, .cancelled: true
        default: false
        }
    }
}

extension SystemdError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .denied(let action, let unit, let reason):
            "not allowed\(Self.place(unit)): \(reason) (polkit action \(action)). " + Self.advice(unit)
        case .noSuchUnit(let unit): "there is no unit \(unit)"
        case .masked(let unit): "\(unit) is masked: `systemctl unmask \(unit)` lets it be started again"
        case .unreachable(let reason): "systemd cannot be reached: \(reason)"
        case .outcomeUnknown(let unit, let reason):
            "what became of it\(Self.place(unit)) is not known: \(reason)"
        case .timedOut(let unit, let jobCancelled):
            "the job for \(unit) did not end in time" + (jobCancelled ? "; systemd was told to give it up" : "")
        case .cancelled(let unit): "given up\(Self.place(unit))"
        case .refused(let unit, let name, let message):
            "systemd refuses\(Self.place(unit)): \(message)" + (name.isEmpty ? "" : " (\(name))")
        case .invalidArgument(let reason): reason
        }
    }

    private static func place(_ unit: String?) -> String { unit.map { " for \($0)" } ?? "" }

    private static func advice(_ unit: String?) -> String {
        let condition = unit.map { " where action.lookup(\"unit\") is \"\($0)\"" } ?? ""
        return "Run medic as root, or allow the action to its user in /etc/polkit-1/rules.d\(condition)"
    }
}
