import EventLoop
import Files
import Logging
import SystemBus
import Systemd

/// Looks at systemd, through the same bus as the agent: whether it answers, how medic's own unit is, who may manage units.
struct SystemExamination {
    private let loop: EventLoop
    private let bus: SystemBus
    private let manager: ServiceManager

    // A bus that is well answers within milliseconds.
    private static let patience = Duration.seconds(5)

    init() throws {
        loop = try EventLoop(named: "medic-doctor")
        let log = Logger(.discarding(), component: "doctor")
        bus = SystemBus(loop: loop, log: log)
        manager = ServiceManager(bus: bus, log: log)
        loop.start()
        bus.start()
    }

    func end() {
        bus.stop()
        loop.stop()
    }

    func findings() -> [Finding] { service() + [clock()] }

    private func clock() -> Finding {
        let interface = "org.freedesktop.timedate1"
        let answer = ask(
            .get("NTPSynchronized", of: interface, at: "/org/freedesktop/timedate1", from: interface)
        )
        guard case .success(let values) = answer, let isSynchronised = values.first?.boolean else {
            return Finding("clock", .unknown, "nobody on the bus tells whether the clock is synchronised")
        }
        guard isSynchronised else {
            return Finding(
                "clock",
                .doubtful,
                "the clock is not synchronised: times of samples and of the record may be wrong",
                advice: "'sudo timedatectl set-ntp true', or install chrony"
            )
        }
        return Finding("clock", .good, "synchronised")
    }

    private func service() -> [Finding] {
        let version = ask(
            .get(
                "Version",
                of: "org.freedesktop.systemd1.Manager",
                at: "/org/freedesktop/systemd1",
                from: "org.freedesktop.systemd1"
            )
        )
        switch version {
        case .failure(let error):
            return [
                Finding(
                    "bus",
                    .bad,
                    "systemd cannot be reached over the bus: \(error.message)",
                    advice:
                        "units cannot be seen or treated: look at 'systemctl status dbus' and /run/dbus/system_bus_socket"
                )
            ]
        case .success(let values):
            let text = values.first?.text ?? "systemd"
            return [Finding("bus", .good, "systemd \(text) answers"), unit(), polkit()]
        }
    }

    private func ask(_ call: BusCall) -> Result<[BusValue], BusError> {
        let waiting = Waiting<Result<[BusValue], BusError>>()
        var call = call
        call.timeout = Self.patience
        bus.call(call) { waiting.give($0) }
        return waiting.wait(for: Self.patience + .seconds(1))
            ?? .failure(BusError(.timeout, message: "no answer for \(Self.patience)"))
    }

    private func unit() -> Finding {
        let waiting = Waiting<Result<UnitState, SystemdError>>()
        let manager = manager
        Task {
            do throws(SystemdError) {
                waiting.give(.success(try await manager.state(of: "medic.service")))
            } catch {
                waiting.give(.failure(error))
            }
        }
        switch waiting.wait(for: Self.patience) {
        case nil: return Finding("service", .unknown, "systemd does not tell of medic.service in time")
        case .failure(let error)?: return Finding("service", .unknown, "\(error)")
        case .success(let state)?: return Self.finding(of: state)
        }
    }

    static func finding(of state: UnitState) -> Finding {
        guard state.load != .notFound else {
            return Finding(
                "service",
                .doubtful,
                "there is no medic.service: the agent does not start with this host",
                advice: "install the package, or run 'sudo deploy/install'"
            )
        }
        guard state.load == .loaded else {
            return Finding(
                "service",
                .bad,
                "medic.service cannot be loaded (\(state.load.rawValue)): \(state.loadProblem)",
                advice: "'systemd-analyze verify medic.service'"
            )
        }
        if state.active == .failed {
            return Finding(
                "service",
                .bad,
                "medic.service has failed (\(state.result))",
                advice: "'journalctl -u medic.service -n 50' tells why; then 'sudo systemctl restart medic'"
            )
        }
        if state.needsDaemonReload {
            let advice = "'sudo systemctl daemon-reload'"
            return Finding(
                "service",
                .doubtful,
                "medic.service has changed on disk since systemd read it",
                advice: advice
            )
        }
        if state.active != .active {
            let text = "medic.service is \(state.active.rawValue)"
            return Finding("service", .doubtful, text, advice: "'sudo systemctl enable --now medic'")
        }
        if state.fileState == "disabled" {
            let text = "medic.service runs, and will not after the next boot"
            return Finding("service", .doubtful, text, advice: "'sudo systemctl enable medic'")
        }
        let restarts = state.restarts == 0 ? "" : ", restarted \(state.restarts) times by systemd"
        return Finding("service", state.restarts > 3 ? .doubtful : .good, "medic.service is active\(restarts)")
    }

    private func polkit() -> Finding {
        let answer = ask(
            BusCall(
                to: "org.freedesktop.DBus",
                path: "/org/freedesktop/DBus",
                interface: "org.freedesktop.DBus",
                member: "ListActivatableNames"
            )
        )
        guard case .success(let values) = answer, let names = values.first?.texts else {
            return Finding("polkit", .unknown, "the bus does not tell of its services")
        }
        guard names.contains("org.freedesktop.PolicyKit1") else {
            return Finding(
                "polkit",
                .doubtful,
                "polkit is not installed: an agent that is not root may look at units and not treat them",
                advice: "'sudo apt install polkitd'; observing works without"
            )
        }
        let patterns = ["/etc/polkit-1/rules.d/*medic*.rules", "/usr/share/polkit-1/rules.d/*medic*.rules"]
        let rules = patterns.flatMap { (try? FileSystem.matches($0)) ?? [] }
        guard let rule = rules.first else {
            return Finding(
                "polkit",
                .doubtful,
                "no rule of polkit lets medic manage units: a deed on a unit will be denied unless the agent is root",
                advice:
                    "put a rule for the user medic into /etc/polkit-1/rules.d; the package brings one that names the units"
            )
        }
        return Finding("polkit", .good, "\(rule) says what medic may do")
    }
}
