public import Metrics
public import Rules

/// Something to be written.
public enum HistoryChange: Sendable, Hashable {
    case record(HistoryRecord)
    /// Adds a run, or replaces what was known of it.
    case run(RunEntry)
    case intent(StepIntent)
    case outcome(StepOutcome)
    /// Adds a notification to be delivered.
    case outbox(OutboxEntry)
    case outboxProgress(OutboxProgress)
    case silence(SilenceEntry)
    case notified(NotificationLogEntry)
    case inbound(InboundEntry)
    case keep(KeptValue)
    case forget(KeptValue.Space, key: String)
    /// A version of a file was seen; the content is kept unless there is one of that hash.
    case version(ConfigVersion, content: [UInt8])
    /// The newest version of the file with that hash was judged.
    case judged(file: String, hash: String, ConfigVerdict, at: Timestamp)
    /// Replaces the alerts of a group.
    case alerts(SavedGroup)
    /// Forgets the alerts of all other groups.
    case keepGroups([String])
}

/// How much it would matter to lose a change.
enum Importance: Int, Comparable, Sendable {
    /// Helps to explain afterwards.
    case explaining
    /// Tells what happened.
    case telling
    /// Decides what is done next, so that it is never given up.
    case deciding

    static func < (left: Importance, right: Importance) -> Bool { left.rawValue < right.rawValue }
}

extension HistoryChange {
    var importance: Importance {
        guard case .record(let record) = self else { return .deciding }
        switch record.kind {
        case .verdict, .notification, .medic: return .explaining
        case .transition, .run, .step, .config: return .telling
        case .act: return .deciding
        }
    }

    /// About what the change takes in memory and in the file. Labels of alerts are guessed, the texts are counted.
    var size: Int {
        let payload =
            switch self {
            case .record(let record): record.payloadText.utf8.count &+ record.text.utf8.count
            case .run(let run): run.payloadText.utf8.count &+ run.text.utf8.count
            case .intent(let intent): intent.payloadText.utf8.count
            case .outcome(let outcome): outcome.payloadText.utf8.count
            case .outbox(let entry): entry.body.utf8.count
            case .outboxProgress(let progress): progress.trouble.utf8.count
            case .silence(let silence): silence.payloadText.utf8.count
            case .notified(let entry): entry.payloadText.utf8.count
            case .inbound(let entry): entry.payloadText.utf8.count
            case .keep(let kept): kept.payloadText.utf8.count
            case .version(let version, let content): version.payloadText.utf8.count &+ content.count
            case .alerts(let group): group.rules.reduce(0) { $0 &+ $1.alerts.count &* 512 }
            case .forget, .judged, .keepGroups: 0
            }
        return payload &+ 256
    }
}
