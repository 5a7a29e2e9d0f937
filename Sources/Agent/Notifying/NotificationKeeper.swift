import Alerting
import Configuration
import EventLoop
import History
import HTTPClient
import Instruments
import Logging
import Metrics
import Receivers
import Web

/// Runs the dispatcher: brings it what happens to alerts, makes durable what it decides, and has its notifications sent.
///
/// Unchecked: everything belongs to the core's loop; what is asked from other threads gets there by `perform` and `submit`.
final class NotificationKeeper: @unchecked Sendable {
    /// How many notifications wait for their receivers at most.
    static let outboxLimit = 20_000
    // Many rows are handed over in portions, so that the first are sent while the others are written.
    private static let portion = 500
    // The wall clock may be set while a timer runs: not longer than this is anything late then.
    private static let longestSleep = Milliseconds.minutes(1)

    let loop: EventLoop
    let log: Logger
    let archive: NotificationArchive
    let events: EventHub
    let sender: NotificationSender
    let worker: OutboxWorker
    let clock: @Sendable () -> Timestamp
    let numbers: AlertingNumbers
    /// Tells real Alertmanagers as well.
    let forwarder: Forwarder
    var dispatcher: Dispatcher
    var outward = OutwardAlerts()
    var settings = NotificationSettings.silent
    private(set) var isAtWork = false
    private var timer: TimerToken?
    private var armed: Timestamp?
    private var digestKeys: [String] = []

    /// When the alerts of a group were last told as a whole, by the group's key.
    var toldGroups: [String: Timestamp] = [:]
    /// Alerts that healed before their rule has noticed: it is not to bring them up again.
    var healed: Set<Fingerprint> = []
    /// The fingerprints by which medic's rules know alerts that others know by another.
    var inward: [Fingerprint: Fingerprint] = [:]
    /// What the runs have said since the loop's last turn.
    var signals: [HealingSignal] = []
    /// The runs for which alerts are kept back.
    var holders: [Fingerprint: String] = [:]
    /// Alerts that are kept back until it is known whether a run begins, by the labels that healing knows.
    var undecided: [Fingerprint: Labels] = [:]
    var looksForVerdicts = false
    /// Who treats; asked for the run behind a hold, and told of alerts from outside.
    weak var healing: HealingKeeper?
    /// Alerts from outside that healing was told of, with their ends.
    var outside: [Fingerprint: OutsideAlert] = [:]
    var outsideTimer: TimerToken?

    init(
        _ ground: Ground,
        _ client: HTTPClient,
        _ loaded: LoadedConfiguration,
        attachments: AttachmentFinder? = nil
    ) {
        loop = ground.core
        log = ground.log.named("alerting")
        archive = NotificationArchive(history: ground.history)
        events = ground.events
        clock = Ground.clock
        numbers = AlertingNumbers(ground.instruments, AlertingLimits())
        forwarder = Forwarder(ground.core, client, ground.log.named("forwarding"), ground.instruments)
        dispatcher = Dispatcher(.silent, at: Ground.clock())
        let relay = OutboxRelay()
        sender = NotificationSender(
            loaded.configuration.notifications,
            templates: loaded.templates,
            externalURL: loaded.externalURL,
            client: client,
            findAttachments: { await relay.attachments(for: $0, $1, attachments) },
            runProgram: ProgramReceiver.run
        )
        worker = OutboxWorker(
            loop: ground.core,
            sender: sender,
            keeper: relay,
            log: ground.log.named("receivers"),
            instruments: ground.instruments,
            limit: Self.outboxLimit,
            policies: { _ in OutboxPolicy() }
        )
        relay.keeper = self
        forwarder.foundAnother = { [weak self] in self?.toldGroups = [:] }
    }

    // MARK: Life

    /// Goes on where a former process ended. Before healing starts, which may have news.
    func start(_ loaded: LoadedConfiguration) throws {
        precondition(loop.isCurrent, "notifications live on the core's loop")
        let now = clock()
        let (saved, waiting) = try archive.restore(at: now)
        take(loaded)
        dispatcher = Dispatcher(settings.alerting, restoring: saved, at: now)
        digestKeys = saved.digest.map { NotificationArchive.key(of: $0) }
        isAtWork = true
        for entry in waiting { worker.add(entry.notification, attempts: entry.attempts) }
        numbers.publish(dispatcher)
        arrangeWake()
    }

    /// Takes up another configuration; what is known of alerts, silences and notifications stays.
    func adopt(_ loaded: LoadedConfiguration, groups: [LiveGroup]) {
        precondition(loop.isCurrent, "notifications live on the core's loop")
        take(loaded)
        carryOut(handle(.reconfigured(settings.alerting)))
        reconcile(groups)
    }

    private func take(_ loaded: LoadedConfiguration) {
        let configuration = loaded.configuration
        settings = configuration.notifications
        outward = OutwardAlerts(
            externalLabels: configuration.global.externalLabels,
            relabelling: configuration.forwarding.alertRelabelling,
            externalURL: loaded.externalURL
        )
        sender.configure(settings, templates: loaded.templates, externalURL: loaded.externalURL)
        forwarder.configure(configuration.forwarding)
        let settings = settings
        worker.configure { settings.policy(of: $0) }
    }

    /// Decides nothing more. What is on its way may still arrive; what waits stays in the outbox.
    func stop() {
        precondition(loop.isCurrent, "notifications live on the core's loop")
        isAtWork = false
        timer?.cancel()
        outsideTimer?.cancel()
        worker.stop()
        forwarder.stop()
    }

    // MARK: The dispatcher

    /// Tells the dispatcher, and sees to it that it is told the time when it wants to be.
    func handle(_ event: DispatchEvent) -> [DispatchEffect] {
        precondition(loop.isCurrent, "notifications live on the core's loop")
        let effects = dispatcher.handle(event, at: clock())
        settle()
        return effects
    }

    /// After whatever was done to the dispatcher.
    func settle() {
        numbers.publish(dispatcher)
        arrangeWake()
    }

    private func arrangeWake() {
        guard isAtWork, let next = dispatcher.nextWake else {
            timer?.cancel()
            (timer, armed) = (nil, nil)
            return
        }
        guard armed != next || timer == nil else { return }
        timer?.cancel()
        armed = next
        let delay = Swift.min(Swift.max(next - clock(), .zero), Self.longestSleep)
        timer = loop.after(.milliseconds(delay.rawValue)) { [weak self] in self?.wake() }
    }

    private func wake() {
        timer = nil
        guard isAtWork else { return }
        carryOut(handle(.tick))
    }

    /// What the history says to changes once they are as durable as they were meant to be.
    typealias Recorded = @Sendable (HistoryError?) -> Void

    /// Does what the dispatcher wants. Notifications leave when they are on the disk; where they cannot be, they leave all the same: that
    /// somebody is told matters more than that it is known afterwards.
    func carryOut(
        _ effects: [DispatchEffect],
        with changes: [HistoryChange] = [],
        _ durability: Durability = .grouped,
        then: Recorded? = nil
    ) {
        var changes = changes
        var outgoing: [Outgoing] = []
        var trail: [HistoryChange] = []
        for effect in effects {
            switch effect {
            case .save(let change):
                changes += archive.rows(of: change, digest: digestKeys)
                noteDigest(change)
            case .enqueue(let notification, let old):
                outgoing.append(Outgoing(notification: notification, supersedes: old))
            case .trail(let entry): trail.append(record(entry))
            }
        }
        write(changes, outgoing, durability, then)
        for start in stride(from: 0, to: trail.count, by: Self.portion) {
            let portion = Array(trail[start..<Swift.min(start + Self.portion, trail.count)])
            archive.history.writer.submit(portion, durability: .grouped)
            for case .record(let record) in portion { events.publish(.record) { HistoryTree.record(record) } }
        }
    }

    private struct Outgoing: Sendable {
        let notification: Notification
        let supersedes: String?
    }

    private func write(
        _ changes: [HistoryChange],
        _ outgoing: [Outgoing],
        _ durability: Durability,
        _ then: Recorded?
    ) {
        guard !changes.isEmpty || !outgoing.isEmpty else {
            then?(nil)
            return
        }
        var start = 0
        repeat {
            let end = Swift.min(start + Self.portion, outgoing.count)
            let portion = Array(outgoing[start..<end])
            let rows = portion.map { archive.row(of: $0.notification) }
            let isLast = end == outgoing.count
            submit(
                start == 0 ? changes + rows : rows,
                portion.isEmpty ? durability : .synced,
                then: isLast ? then : nil
            ) { [worker] in
                for each in portion { worker.add(each.notification, supersedes: each.supersedes) }
            }
            start = end
        } while start < outgoing.count
    }

    private func submit(
        _ rows: [HistoryChange],
        _ durability: Durability,
        then: Recorded?,
        _ send: @escaping @Sendable () -> Void
    ) {
        archive.history.writer.submit(rows, durability: durability) { [log, numbers] result in
            var failure: HistoryError?
            if case .failure(let error) = result {
                failure = error
                numbers.unrecorded.add(UInt64(rows.count))
                log.error("what is told could not be recorded", ["error": "\(error)"])
            }
            send()
            then?(failure)
        }
    }

    private func noteDigest(_ change: SavedChange) {
        switch change {
        case .digest(let entry): digestKeys.append(NotificationArchive.key(of: entry))
        case .digestGone: digestKeys = []
        default: break
        }
    }

    private func record(_ entry: TrailEntry) -> HistoryChange {
        let name = dispatcher.store[entry.fingerprint]?.labels["alertname"] ?? ""
        return .record(entry.record(of: name, inward[entry.fingerprint] ?? entry.fingerprint))
    }

    // MARK: Deliveries

    /// A notification is done with: it leaves the outbox together with what is now known.
    func settled(_ notification: Notification, _ outcome: DeliveryOutcome, attempts: Int) {
        let row = archive.progress(notification.id, outcome, attempts: attempts, at: clock())
        carryOut(handle(.delivered(notification: notification.id, outcome)), with: [row])
    }

    func willRetry(_ id: String, attempts: Int, in wait: Milliseconds, trouble: String) {
        let progress = OutboxProgress(
            id: id,
            attempts: attempts,
            due: clock() + wait,
            state: .pending,
            trouble: trouble
        )
        archive.history.writer.submit([.outboxProgress(progress)], durability: .grouped)
    }
}

/// Stands between the worker and the keeper, which hold each other.
///
/// Unchecked: set once before anything happens; called on the core's loop.
private final class OutboxRelay: OutboxKeeper, @unchecked Sendable {
    weak var keeper: NotificationKeeper?

    /// From any thread.
    func attachments(
        for notification: Notification,
        _ wanted: Set<AttachmentKind>,
        _ finder: AttachmentFinder?
    ) async -> [Attachment] {
        guard let finder, let keeper, notification.reason != .test else { return [] }
        let fingerprints = notification.alerts.map(\.fingerprint)
        let own = await keeper.loop.perform { [keeper] in
            Set(fingerprints.filter { keeper.dispatcher.store[$0]?.origin == .own })
        }
        return await finder.attachments(for: notification, wanted, own: own)
    }

    func willRetry(_ id: String, attempts: Int, in wait: Milliseconds, trouble: String) {
        keeper?.willRetry(id, attempts: attempts, in: wait, trouble: trouble)
    }

    func settled(_ notification: Notification, _ outcome: DeliveryOutcome, attempts: Int) {
        keeper?.settled(notification, outcome, attempts: attempts)
    }
}

extension LoadedConfiguration {
    /// Where medic can be reached from outside, without a slash at its end.
    var externalURL: String {
        let text = configuration.web.externalURL ?? ""
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
