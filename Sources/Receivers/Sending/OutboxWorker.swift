public import Alerting
public import EventLoop
public import Instruments
public import Logging
public import Metrics

/// The durable side of the outbox, and those who want to know how it went. Called on the worker's loop.
public protocol OutboxKeeper: Sendable {
    /// A try failed and there will be another one: write down how many there were, and about when the next one is.
    func willRetry(_ id: String, attempts: Int, in wait: Milliseconds, trouble: String)
    /// It is over. The notification leaves the outbox, and the dispatcher is told.
    func settled(_ notification: Notification, _ outcome: DeliveryOutcome, attempts: Int)
}

/// Sends what is in the outbox, when `Outbox` says so.
///
/// Unchecked: confined to the loop; every entry comes through `submit`.
public final class OutboxWorker: @unchecked Sendable {
    /// How hard a way of telling is tried; nil where the configuration has it no more.
    public typealias Policies = @Sendable (IntegrationKey) -> OutboxPolicy?

    private let loop: EventLoop
    private let sender: any NotificationSending
    private let keeper: any OutboxKeeper
    private let log: Logger
    private var outbox: Outbox
    private var policies: Policies
    private var notifications: [String: Notification] = [:]
    private var attempts: [String: Int] = [:]
    private var tasks: [String: Task<Void, Never>] = [:]
    private var timer: TimerToken?
    private var isStopped = false

    private let sent: Counter
    private let failed: Counter
    private let retried: Counter
    private let droppedCounter: Counter
    private let waiting: Gauge
    private let instruments: Instruments
    /// What became of notifications, by integration and outcome; as many as the configuration has ways of telling.
    private var outcomes: [String: Counter] = [:]

    /// - Parameter limit: How many notifications wait at most.
    public init(
        loop: EventLoop,
        sender: any NotificationSending,
        keeper: any OutboxKeeper,
        log: Logger,
        instruments: Instruments,
        limit: Int = 10_000,
        policies: @escaping Policies
    ) {
        self.loop = loop
        self.sender = sender
        self.keeper = keeper
        self.log = log
        self.policies = policies
        self.instruments = instruments
        outbox = Outbox(limit: limit)
        sent = instruments.counter(
            "medic_receivers_notifications_sent_total",
            help: "Notifications that a receiver took."
        )
        failed = instruments.counter("medic_receivers_notifications_failed_total", help: "Notifications given up.")
        retried = instruments.counter("medic_receivers_retries_total", help: "Tries that failed and are tried again.")
        droppedCounter = instruments.counter(
            "medic_receivers_notifications_dropped_total",
            help: "Notifications given up because the outbox was full."
        )
        waiting = instruments.gauge(
            "medic_receivers_outbox_notifications",
            help: "Notifications that wait or are on their way."
        )
    }

    /// Queues a notification that is durable by now; one that it supersedes is withdrawn.
    ///
    /// - Parameter attempts: How often it was tried before a restart.
    public func add(_ notification: Notification, supersedes old: String? = nil, attempts: Int = 0) {
        loop.submit { [self] in
            if let old { withdraw(old) }
            queue(notification, attempts: attempts)
            pump()
        }
    }

    /// How the receivers fare, for the page and the API.
    public func health() async -> [Outbox.Health] {
        await loop.perform { [self] in outbox.health(at: Self.now) }
    }

    /// Other bounds from now on. What waits for a receiver that is gone is given up.
    public func configure(_ policies: @escaping Policies) {
        loop.submit { [self] in
            self.policies = policies
            for entry in outbox.adopt(policies) { giveUpGone(entry.id) }
            pump()
        }
    }

    /// Sends nothing more. What is on its way is cancelled, and stays in the outbox.
    public func stop() {
        loop.submit { [self] in
            isStopped = true
            timer?.cancel()
            for task in tasks.values { task.cancel() }
        }
    }

    // The outbox counts on a clock that does not jump.
    private static var now: Timestamp { Timestamp(milliseconds: MonotonicInstant.now.nanoseconds / 1_000_000) }

    private func queue(_ notification: Notification, attempts: Int) {
        let entry = Outbox.Entry(
            id: notification.id,
            integration: notification.integration,
            group: notification.groupKey,
            queuedAt: Self.now,
            attempts: attempts
        )
        notifications[notification.id] = notification
        self.attempts[notification.id] = attempts
        guard let policy = policies(notification.integration) else {
            giveUpGone(notification.id)
            return
        }
        guard let victim = outbox.add(entry, policy: policy) else { return }
        droppedCounter.add()
        count(victim.integration, "dropped")
        settle(victim.id, .failed("given up because \(outbox.limit) notifications wait already"))
    }

    private func giveUpGone(_ id: String) {
        giveUp(id, "the configuration has no \(name(of: id)) any more")
    }

    private func giveUp(_ id: String, _ reason: String) {
        failed.add()
        count(id, "given_up")
        log.error("notification given up", ["receiver": name(of: id), "reason": reason])
        settle(id, .failed(reason))
    }

    private func withdraw(_ id: String) {
        if outbox.withdraw(id) { settle(id, .superseded) }
    }

    /// Starts what may be started, and sees to it that it is called again when more may be.
    private func pump() {
        guard !isStopped else { return }
        let now = Self.now
        for entry in outbox.due(at: now) {
            guard let notification = notifications[entry.id] else { continue }
            tasks[entry.id] = Task { [self] in
                let result = await sender.send(notification)
                loop.submit { [self] in finish(entry.id, result) }
            }
        }
        waiting.set(Double(outbox.count))
        timer?.cancel()
        timer = nil
        guard let next = outbox.nextDue(after: now) else { return }
        timer = loop.after(.milliseconds(max(1, (next - now).rawValue))) { [self] in pump() }
    }

    private func finish(_ id: String, _ result: SendResult) {
        tasks[id] = nil
        guard !isStopped else {
            // What arrived has arrived; the rest is tried again by whoever comes after.
            if result == .taken { settle(id, .told) }
            return
        }
        attempts[id, default: 0] += 1
        switch outbox.finished(id, result, at: Self.now) {
        case .told:
            sent.add()
            count(id, "sent")
            settle(id, .told)
        case .withdrawn: settle(id, .superseded)
        case .failed(let reason): giveUp(id, reason)
        case .again(let entry):
            retried.add()
            count(id, "tried_again")
            log.warning("notification not sent, will try again", ["receiver": name(of: id), "reason": entry.trouble])
            let wait = entry.notBefore - Self.now
            keeper.willRetry(id, attempts: entry.attempts, in: wait, trouble: entry.trouble)
        }
        pump()
    }

    private func count(_ id: String, _ outcome: String) {
        if let integration = notifications[id]?.integration { count(integration, outcome) }
    }

    private func count(_ integration: IntegrationKey, _ outcome: String) {
        let name = "\(integration) \(outcome)"
        let counter =
            outcomes[name]
            ?? instruments.counter(
                "medic_receivers_integration_notifications_total",
                help: "Notifications by way of telling and what became of them.",
                labels: [
                    ("receiver", integration.receiver), ("integration", "\(integration.kind)/\(integration.index)"),
                    ("outcome", outcome),
                ]
            )
        outcomes[name] = counter
        counter.add()
    }

    private func name(of id: String) -> String { notifications[id]?.integration.description ?? "" }

    private func settle(_ id: String, _ outcome: DeliveryOutcome) {
        let tries = attempts.removeValue(forKey: id) ?? 0
        guard let notification = notifications.removeValue(forKey: id) else { return }
        keeper.settled(notification, outcome, attempts: tries)
    }
}
