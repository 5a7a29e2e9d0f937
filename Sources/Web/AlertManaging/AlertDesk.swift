public import Alerting
public import Metrics

/// What the web needs to know of alerts, silences and who is told of them, and what it may have done about them.
///
/// Everything here is called from any thread and must not block one.
public protocol AlertDesk: Sendable {
    /// All that is known at this moment.
    func picture() async -> AlertingPicture
    /// The configuration of telling as Alertmanager would write it, secrets hidden.
    func alertingConfiguration() async -> String

    /// Takes in alerts from outside. They are durable when it returns.
    func receive(_ updates: [AlertUpdate]) async throws(AlertDeskRefusal)
    /// Makes a silence or changes one. It is durable when it returns.
    func setSilence(_ draft: SilenceDraft) async throws(AlertDeskRefusal) -> Silence
    func expireSilence(_ id: String) async throws(AlertDeskRefusal)
    /// Notes that somebody looks after an alert.
    func acknowledge(_ fingerprint: Fingerprint, by name: String, comment: String) async throws(AlertDeskRefusal)
    func unacknowledge(_ fingerprint: Fingerprint) async throws(AlertDeskRefusal)
}

/// A moment of the dispatcher: a value, so that asking it costs nobody but the one who asks.
public struct AlertingPicture: Sendable {
    public let now: Timestamp
    public let dispatcher: Dispatcher
    /// In the order of the file.
    public let receivers: [String]

    public init(now: Timestamp, dispatcher: Dispatcher, receivers: [String]) {
        self.now = now
        self.dispatcher = dispatcher
        self.receivers = receivers
    }
}

/// Why something about alerts was not done.
public enum AlertDeskRefusal: Error, Hashable, Sendable {
    /// There is no such alert.
    case notFound
    case silence(SilenceError)
    /// It could not be kept, now: whoever asked should ask again.
    case unavailable(String)
}
