import Configuration
import EventLoop
import Files
import History
import Instruments
import Logging
import Metrics
import Playbooks
import Secrets
import Synchronization

/// This host's side of the fleet's budgets: asks for places, keeps those that runs have, gives them back, and tells the others how this
/// host is.
///
/// The store is asked away from the loops, since it may take seconds to say nothing.
final class FleetKeeper: Sendable {
    /// What a turn needs to know of healing.
    struct Sight: Sendable {
        /// The groups that playbooks of this host belong to, and whether one of their alerts fires.
        var groups: [(name: String, isIll: Bool)] = []
        /// The places that runs have.
        var leases: [(run: String, lease: FleetLease, duration: Milliseconds)] = []
    }

    /// Often enough that nobody takes this host for silent, and that the shortest lease is renewed before it ends.
    private static let interval = Duration.seconds(30)
    private static let retry = Milliseconds.seconds(10)

    private let log: Logger
    private let store = Mutex<(settings: FleetSettings, store: FleetStore?)>((FleetSettings(), nil))
    private let isBeating = Mutex(false)
    private let isHeard: Gauge
    private let granted: Counter
    private let refused: Counter
    private let unreachable: Counter

    init(_ settings: FleetSettings, log: Logger, instruments: Instruments) {
        self.log = log
        isHeard = instruments.gauge(
            "medic_fleet_store_up",
            help: "Whether the store of the fleet's budgets answered the last time: 1 or 0."
        )
        func asked(_ answer: String) -> Counter {
            instruments.counter(
                "medic_fleet_claims_total",
                help: "Places in the fleet's budget that were asked for, by the answer.",
                labels: [("answer", answer)]
            )
        }
        (granted, refused, unreachable) = (asked("granted"), asked("refused"), asked("unreachable"))
        adopt(settings)
    }

    /// Takes up other settings; what was granted by the former store ends there by itself.
    func adopt(_ settings: FleetSettings) {
        let former = store.withLock { held -> FleetStore? in
            guard held.settings != settings || held.store == nil else { return nil }
            let old = held.store
            let host = settings.host ?? HostName.current
            held = (settings, settings.store.map { place in FleetStore(host: host) { try Self.keywords(of: place) } })
            return old
        }
        former?.close()
    }

    /// Which of the ten turns is this host's where the store cannot be reached: the same on every start.
    static func slot(of host: String) -> Int64 {
        Int64(host.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 } % 10)
    }

    // MARK: Places

    /// Answers once, from any thread. `asked` is when the machine asked: a place is counted from then on, never from later.
    func answer(run: String, _ request: LeaseRequest, asked: Moment, then: @escaping @Sendable (Answer) -> Void) {
        guard let store = store.withLock({ $0.store }) else {
            unreachable.add(1)
            return then(.lease(.unreachable("no store for the fleet is configured")))
        }
        Task {
            let answer = await offload { Self.ask(store, run, request) }
            note(answer)
            switch answer {
            case .granted(let place):
                let lease = FleetLease(
                    group: place.group,
                    slot: place.slot,
                    token: place.token,
                    expires: asked + request.duration
                )
                then(.lease(.granted(lease)))
            case .refused(let reason): then(.lease(.refused(reason, retryAfter: Self.retry)))
            case .unreachable(let reason): then(.lease(.unreachable(reason)))
            }
        }
    }

    private static func ask(_ store: FleetStore, _ run: String, _ request: LeaseRequest) -> FleetAnswer {
        if let lease = request.renewing { return store.renew(FleetPlace(lease), for: request.duration) }
        return store.claim(
            FleetClaim(
                group: request.terms.group,
                run: run,
                subject: request.subject.description,
                treatedMax: FleetClaim.Share(request.terms.maxConcurrent),
                illMax: FleetClaim.Share(request.terms.maxUnhealthy),
                duration: request.duration
            )
        )
    }

    private func note(_ answer: FleetAnswer) {
        switch answer {
        case .granted: granted.add(1)
        case .refused: refused.add(1)
        case .unreachable: unreachable.add(1)
        }
        if case .unreachable = answer { isHeard.set(0) } else { isHeard.set(1) }
    }

    /// What is not heard ends by itself.
    func giveBack(_ lease: FleetLease) {
        guard let store = store.withLock({ $0.store }) else { return }
        Task { _ = await offload { store.giveBack(FleetPlace(lease)) } }
    }

    // MARK: Presence

    /// Tells the others how this host is and keeps the places of its runs, again and again, as long as the loop runs.
    func start(
        on loop: EventLoop,
        look: @escaping @Sendable () -> Sight,
        lost: @escaping @Sendable (_ run: String) -> Void
    ) {
        loop.submit { [self] in turn(on: loop, look: look, lost: lost) }
    }

    private func turn(
        on loop: EventLoop,
        look: @escaping @Sendable () -> Sight,
        lost: @escaping @Sendable (String) -> Void
    ) {
        loop.after(Self.interval) { [weak self] in self?.turn(on: loop, look: look, lost: lost) }
        guard let store = store.withLock({ $0.store }) else { return }
        let sight = look()
        // A store that answers slowly is not asked twice at once.
        guard !sight.groups.isEmpty,
            !isBeating.withLock({ busy in
                defer { busy = true }; return busy
            })
        else { return }
        Task {
            let gone = await offload { self.beat(store, sight) }
            isBeating.withLock { $0 = false }
            for run in gone { loop.submit { lost(run) } }
        }
    }

    /// The runs whose places somebody else may have by now.
    private func beat(_ store: FleetStore, _ sight: Sight) -> [String] {
        for group in sight.groups {
            if let reason = store.present(in: group.name, isIll: group.isIll) {
                log.warning("the fleet's store does not answer", ["group": group.name, "reason": reason])
                isHeard.set(0)
                return []
            }
        }
        isHeard.set(1)
        var gone: [String] = []
        for (run, lease, duration) in sight.leases {
            if case .refused = store.renew(FleetPlace(lease), for: duration) { gone.append(run) }
        }
        return gone
    }

    private static func keywords(of store: FleetSettings.Store) throws -> [(name: String, value: String)] {
        var words = [
            ("host", store.host), ("port", "\(store.port)"), ("dbname", store.database), ("application_name", "medic"),
            ("passfile", "/dev/null"),
        ]
        if let user = store.user { words.append(("user", user)) }
        if let mode = store.tlsMode { words.append(("sslmode", mode)) }
        if let path = store.rootCertificate { words.append(("sslrootcert", path)) }
        if let secret = store.password { words.append(("password", try reveal(secret))) }
        return words.map { (name: $0.0, value: $0.1) }
    }

    private static func reveal(_ secret: Secret) throws(FileError) -> String {
        guard let file = secret.file else { return secret.revealInline() ?? "" }
        let text = try FileSystem.readText(file, limit: 64 << 10)
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }
}

extension FleetPlace {
    fileprivate init(_ lease: FleetLease) {
        self.init(group: lease.group, slot: lease.slot, token: lease.token)
    }
}

extension FleetClaim.Share {
    fileprivate init(_ budget: Guards.Fleet.Budget) {
        switch budget {
        case .count(let count): self = .count(count)
        case .percent(let percent): self = .percent(percent)
        }
    }
}
