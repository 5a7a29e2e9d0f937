public import Metrics

/// Decides who is told of which alerts, and when: routes, groups, silences, inhibition, intervals, the notification log, and what the runs of
/// playbooks have to say. Alertmanager's dispatcher and pipeline as one value, without a clock or a thread of its own.
///
/// Events go in with the time, effects come out in the order in which they are to be done. At `nextWake` it wants to be told the time.
public struct Dispatcher: Sendable {
    /// A notification of a group that is on its way.
    struct Pending: Sendable {
        let id: String
        /// What the notification log will say once it has arrived.
        var told: NotificationLog.Told
        let at: Timestamp
        let repeatInterval: Milliseconds
        let notification: Notification
    }

    /// An alert that is kept back while a run has a chance.
    struct Hold: Sendable {
        let run: String
        let playbook: String
        let until: Timestamp
    }

    public internal(set) var settings: AlertingSettings
    public internal(set) var store: AlertStore
    public internal(set) var silences: SilenceBook
    public internal(set) var log = NotificationLog()
    public internal(set) var acknowledgements: [Fingerprint: AlertAcknowledgement] = [:]
    /// What was done and refused since the start.
    public internal(set) var counts = DispatchCounts()

    var inhibitor: Inhibitor
    var groups: [AggregationGroup.ID: AggregationGroup] = [:]
    var groupIDs: [GroupName: AggregationGroup.ID] = [:]
    var wakes = WakeQueue<AggregationGroup.ID>()
    var pending: [NotificationLog.Key: Pending] = [:]
    var pendingKeys: [String: NotificationLog.Key] = [:]
    /// Notifications on their way that belong to no group.
    var loose: [String: Notification] = [:]
    var holds: [Fingerprint: Hold] = [:]
    var holdWakes = WakeQueue<Fingerprint>()
    var digest: [DigestEntry] = []
    var digestDue: Timestamp?
    /// The end of each alert from outside as it was last saved.
    var savedEnds: [Fingerprint: Timestamp] = [:]
    /// Silences that end with their alerts and had some.
    var usedSilences: Set<String> = []
    var sequence: UInt64 = 0
    var lastSeen: Timestamp
    let began: Timestamp
    var hasEmptyGroups = false
    var emptyDue = Timestamp.epoch
    var collectDue: Timestamp

    /// A group as it outlives a change of the configuration.
    struct GroupName: Hashable, Sendable {
        let key: String
        let receiver: String
    }

    static let maintenanceInterval = Milliseconds.seconds(30)
    static let collectInterval = Milliseconds.minutes(15)

    public init(_ settings: AlertingSettings, restoring saved: SavedAlerting = SavedAlerting(), at now: Timestamp) {
        self.settings = settings
        store = AlertStore(limit: settings.limits.alerts)
        silences = SilenceBook(limit: settings.limits.silences)
        inhibitor = Inhibitor(settings.inhibitRules)
        began = now
        lastSeen = now
        collectDue = now + Self.collectInterval
        restore(saved, at: now)
    }

    public mutating func handle(_ event: DispatchEvent, at now: Timestamp) -> [DispatchEffect] {
        noticeClock(now)
        var effects: [DispatchEffect] = []
        switch event {
        case .alerts(let updates):
            for update in updates { take(update, at: now, &effects) }
            if updates.contains(where: { $0.endsAt != nil }) { endSilences(at: now, &effects) }
        case .delivered(let id, let outcome): deliver(id, outcome, at: now, &effects)
        case .healing(let signals): heal(signals, at: now, &effects)
        case .acknowledged(let fingerprint, let by, let comment):
            acknowledge(fingerprint, by: by, comment: comment, at: now, &effects)
        case .unacknowledged(let fingerprint):
            if acknowledgements.removeValue(forKey: fingerprint) != nil {
                effects.append(.save(.acknowledgementGone(fingerprint)))
            }
        case .reconfigured(let settings): reconfigure(settings, at: now)
        case .tick: break
        }
        advance(to: now, &effects)
        return effects
    }

    /// When something is due; nil when nothing is.
    public var nextWake: Timestamp? {
        let hasRecords = store.count + silences.count + log.count > 0
        return [
            wakes.next, holdWakes.next, digest.isEmpty ? nil : digestDue, hasEmptyGroups ? emptyDue : nil,
            hasRecords ? collectDue : nil,
        ].compactMap { $0 }.min()
    }

    /// Makes a silence, or changes one. The last saved silence among the effects is the one asked for.
    public mutating func setSilence(
        _ draft: SilenceDraft,
        newID: String,
        at now: Timestamp
    ) throws(SilenceError) -> (silence: Silence, effects: [DispatchEffect]) {
        let changed = try silences.set(draft, newID: newID, at: now)
        var effects = changed.map { DispatchEffect.save(.silence($0)) }
        endSilences(at: now, &effects)
        return (changed[changed.count - 1], effects)
    }

    public mutating func expireSilence(_ id: String, at now: Timestamp) throws(SilenceError) -> [DispatchEffect] {
        [.save(.silence(try silences.expire(id, at: now)))]
    }

    private mutating func acknowledge(
        _ fingerprint: Fingerprint,
        by: String,
        comment: String,
        at now: Timestamp,
        _ effects: inout [DispatchEffect]
    ) {
        guard let alert = store[fingerprint], !alert.isResolved(at: now) else { return }
        let word = AlertAcknowledgement(fingerprint: fingerprint, by: by, comment: comment, at: now)
        acknowledgements[fingerprint] = word
        effects.append(.save(.acknowledgement(word)))
    }

    /// A clock that was set back must not keep anybody waiting: all that is due moves with it.
    private mutating func noticeClock(_ now: Timestamp) {
        defer { lastSeen = now }
        let step = now - lastSeen
        guard step < .seconds(-1) else { return }
        groups = groups.mapValues { $0.shifted(by: step) }
        holds = holds.mapValues { Hold(run: $0.run, playbook: $0.playbook, until: $0.until + step) }
        wakes.shift(by: step)
        holdWakes.shift(by: step)
        collectDue = collectDue + step
        digestDue = settings.healing.digest?.next(after: now)
    }
}

/// What the dispatcher has done and refused, for medic's own metrics.
public struct DispatchCounts: Hashable, Sendable {
    public var alertsReceived = 0
    /// Refused because there were too many.
    public var alertsRefused = 0
    /// Refused because there were too many groups.
    public var groupsRefused = 0
    public var notificationsQueued = 0
    public var notificationsTold = 0
    public var notificationsFailed = 0
    public var notificationsSuperseded = 0
    /// Heals that a full digest had no room for.
    public var digestEntriesDropped = 0
    public var held = 0
    public var inhibited = 0
    public var muted = 0
    public var silenced = 0

    public init() {}
}

/// What survived a restart.
public struct SavedAlerting: Sendable {
    public var alerts: [ReceivedAlert]
    public var silences: [Silence]
    public var told: [NotificationLog.Entry]
    public var acknowledgements: [AlertAcknowledgement]
    public var digest: [DigestEntry]
    /// What is still in the outbox.
    public var notifications: [Notification]

    public init(
        alerts: [ReceivedAlert] = [],
        silences: [Silence] = [],
        told: [NotificationLog.Entry] = [],
        acknowledgements: [AlertAcknowledgement] = [],
        digest: [DigestEntry] = [],
        notifications: [Notification] = []
    ) {
        self.alerts = alerts
        self.silences = silences
        self.told = told
        self.acknowledgements = acknowledgements
        self.digest = digest
        self.notifications = notifications
    }
}
