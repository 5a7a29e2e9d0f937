public import Metrics

/// What the dispatcher is told.
public enum DispatchEvent: Sendable {
    /// Word on alerts, from medic's rules or from outside. Told in one batch, they stand in one notification.
    case alerts([AlertUpdate])
    /// An integration was told, or could not be.
    case delivered(notification: String, DeliveryOutcome)
    /// What the runs have to say; all that one turn of them says in one batch, so that it becomes one message.
    case healing([HealingSignal])
    /// Somebody looks after an alert: it is not told again until it changes.
    case acknowledged(Fingerprint, by: String, comment: String)
    case unacknowledged(Fingerprint)
    /// Another configuration. What is known of alerts, silences and notifications stays.
    case reconfigured(AlertingSettings)
    /// Nothing but the time.
    case tick
}

/// How sending a notification ended.
public enum DeliveryOutcome: Hashable, Sendable {
    case told
    /// It will not be tried again: what the receiver said to it, or which bound was reached.
    case failed(String)
    /// A newer one of the same group took its place.
    case superseded
}

/// What the runs say to the dispatcher.
public enum HealingSignal: Hashable, Sendable {
    /// A run has begun that may heal the alert: keep it back.
    case hold(Fingerprint, run: String, playbook: String, until: Timestamp)
    /// The run cannot heal it, or has ended: tell what is to be told.
    case release(Fingerprint, run: String)
    /// Something that somebody should know. Without a receiver, the alert's own routes are told.
    case notice(HealingNotice)
}

/// The outcome of a run, about one alert.
public struct HealingNotice: Hashable, Sendable {
    public let labels: Labels
    public let word: HealingWord
    /// Whom the playbook wants to be told.
    public let receiver: String?

    public init(labels: Labels, word: HealingWord, receiver: String? = nil) {
        self.labels = labels
        self.word = word
        self.receiver = receiver
    }
}

/// What is to be done, in this order.
public enum DispatchEffect: Hashable, Sendable {
    /// Make durable, before what follows is done.
    case save(SavedChange)
    /// Put into the outbox. One that it supersedes need not be sent any more, unless that has begun.
    case enqueue(Notification, supersedes: String?)
    /// Write into the paper trail.
    case trail(TrailEntry)
}

/// A change of what must survive a restart.
public enum SavedChange: Hashable, Sendable {
    case alert(ReceivedAlert)
    case alertGone(Fingerprint)
    case silence(Silence)
    case silenceGone(id: String)
    case told(NotificationLog.Entry)
    case toldGone(NotificationLog.Key)
    case acknowledgement(AlertAcknowledgement)
    case acknowledgementGone(Fingerprint)
    case digest(DigestEntry)
    /// All entries of the digest were told.
    case digestGone
}

/// Somebody's word that an alert is looked after. Ends with the alert.
public struct AlertAcknowledgement: Hashable, Sendable {
    public let fingerprint: Fingerprint
    public let by: String
    public let comment: String
    public let at: Timestamp

    public init(fingerprint: Fingerprint, by: String, comment: String, at: Timestamp) {
        self.fingerprint = fingerprint
        self.by = by
        self.comment = comment
        self.at = at
    }
}

/// A heal to be told in the next digest.
public struct DigestEntry: Hashable, Sendable {
    public let alert: NotifiedAlert
    public let at: Timestamp

    public init(alert: NotifiedAlert, at: Timestamp) {
        self.alert = alert
        self.at = at
    }
}

/// What became of the news of an alert, and why.
public struct TrailEntry: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// On its way.
        case queued
        case sent
        /// The receiver did not take it; the group's next turn tries again.
        case failed
        /// A playbook has a chance first.
        case held
        /// Outside of the route's times.
        case muted
        case silenced
        case inhibited
        /// The receiver knows already.
        case known
        /// It will not be told.
        case dropped
        /// It waits for the next digest.
        case digest
    }

    public let fingerprint: Fingerprint
    public let verdict: Verdict
    /// One sentence.
    public let why: String
    public let receiver: String
    public let groupKey: String
    /// The notification's id, where there is one.
    public let notification: String?
    public let at: Timestamp

    public init(
        fingerprint: Fingerprint,
        verdict: Verdict,
        why: String,
        receiver: String,
        groupKey: String,
        notification: String? = nil,
        at: Timestamp
    ) {
        self.fingerprint = fingerprint
        self.verdict = verdict
        self.why = why
        self.receiver = receiver
        self.groupKey = groupKey
        self.notification = notification
        self.at = at
    }
}
