internal import EventLoop
public import Logging
public import SystemBus

/// systemd, as medic sees it: units, jobs and what changes.
///
/// Works over one connection that may break and come back, and over a systemd that replaces itself.
///
/// Unchecked: all that changes is confined to the bus's loop, which every entry checks or moves to.
public final class ServiceManager: @unchecked Sendable {
    static let name = "org.freedesktop.systemd1"
    static let path = "/org/freedesktop/systemd1"
    static let unitPath = "/org/freedesktop/systemd1/unit"
    static let managerInterface = "org.freedesktop.systemd1.Manager"

    public let bus: SystemBus
    let log: Logger
    var jobs = JobBook()
    var endings: [String: [UInt64: @Sendable () -> Void]] = [:]
    var handlers: [UInt64: @Sendable (UnitChange) -> Void] = [:]
    var lastHandler: UInt64 = 0
    var isStarted = false
    var hearsProperties = false
    /// Whether systemd is on the bus and has been asked to tell of changes.
    var isPresent = false

    public init(bus: SystemBus, log: Logger) {
        self.bus = bus
        self.log = log
    }

    /// Begins to listen. The connection is begun by whoever made it.
    public func start() {
        bus.onLoop { [self] in
            guard !isStarted else { return }
            isStarted = true
            // Jobs are heard of before the first one can be asked for.
            bus.signals(BusMatch(sender: Self.name, path: Self.path, interface: Self.managerInterface)) { [weak self] in
                self?.note($0)
            }
            bus.owners(of: Self.name) { [weak self] in self?.note(owner: $0) }
        }
    }

    private func note(owner: String?) {
        guard owner != nil else {
            isPresent = false
            tell(.managerVanished)
            return
        }
        isPresent = true
        // Without a subscriber systemd tells nobody of changes.
        bus.call(Self.call("Subscribe")) { [weak self] result in
            guard let self, case .failure(let error) = result, error.kind == .remote else { return }
            guard !error.isNamed("org.freedesktop.systemd1.AlreadySubscribed") else { return }
            log.warning("systemd does not tell of changes", ["reason": error.message])
        }
        tell(.managerAppeared)
        lookAfterJobs()
    }

    private func note(_ signal: BusSignal) {
        let arguments = signal.arguments
        switch signal.member {
        case "JobRemoved":
            guard arguments.count == 4, let identifier = arguments[0].unsigned.flatMap({ UInt32(exactly: $0) }),
                let path = arguments[1].text, let unit = arguments[2].text, let word = arguments[3].text
            else { return }
            let result = JobResult(word: word)
            for finished in jobs.removed(path, identifier, unit, result) { finished() }
            tell(.jobRemoved(identifier, unit: unit, result))
        case "JobNew":
            guard arguments.count == 3, let identifier = arguments[0].unsigned.flatMap({ UInt32(exactly: $0) }),
                let unit = arguments[2].text
            else { return }
            tell(.jobNew(identifier, unit: unit))
        case "UnitNew": if let unit = arguments.first?.text { tell(.unitNew(unit)) }
        case "UnitRemoved": if let unit = arguments.first?.text { tell(.unitRemoved(unit)) }
        case "Reloading": if let begins = arguments.first?.boolean { tell(.reloading(begins)) }
        default: break
        }
    }

    func tell(_ change: UnitChange) {
        for identifier in handlers.keys.sorted() { handlers[identifier]?(change) }
    }

    /// A method of the manager.
    static func call(_ member: String, _ arguments: [BusValue] = [], timeout: Duration = .seconds(25)) -> BusCall {
        BusCall(to: name, path: path, interface: managerInterface, member: member, arguments, timeout: timeout)
    }

    static func objectPath(of unit: String) -> String { BusPath.encode(unit, below: unitPath) }
}

extension SystemBus {
    /// Does the work on the bus's loop: now when this is it, else as soon as it has time.
    func onLoop(_ work: @escaping @Sendable () -> Void) {
        if loop.isCurrent { work() } else { loop.submit(work) }
    }
}
