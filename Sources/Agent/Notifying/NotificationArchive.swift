import Alerting
import History
import JSON
import Metrics

/// Puts what the dispatcher wants to be remembered into the history, and brings it back.
///
/// Belongs to the core's loop.
struct NotificationArchive {
    let history: HistoryStore

    /// A notification that waits for its receiver, with how often it was tried.
    struct Waiting {
        let notification: Notification
        let attempts: Int
    }

    // The digest's entries lie beside whatever else the dispatcher keeps.
    private static let digestPrefix = "digest/"

    // MARK: Writing

    /// The row of a notification that goes out.
    func row(of notification: Notification) -> HistoryChange {
        .outbox(
            OutboxEntry(
                id: notification.id,
                receiver: notification.integration.description,
                key: notification.id,
                body: notification.json.description,
                created: notification.createdAt,
                due: notification.createdAt
            )
        )
    }

    func progress(
        _ id: String,
        _ outcome: DeliveryOutcome,
        attempts: Int,
        at now: Timestamp
    ) -> HistoryChange {
        let (state, trouble): (OutboxEntry.State, String) =
            switch outcome {
            case .told: (.sent, "")
            case .failed(let reason): (.dropped, reason)
            case .superseded: (.dropped, "a newer notification took its place")
            }
        return .outboxProgress(OutboxProgress(id: id, attempts: attempts, due: now, state: state, trouble: trouble))
    }

    /// The rows of a change. What is over needs none: the history forgets it by itself.
    /// `digest` are the keys of the entries of the digest so far.
    func rows(of change: SavedChange, digest: [String]) -> [HistoryChange] {
        switch change {
        case .alert(let alert): [row(of: alert)]
        case .silence(let silence): [row(of: silence)]
        case .told(let entry): [row(of: entry)]
        case .acknowledgement(let word):
            [.keep(KeptValue(.acknowledgement, word.fingerprint.description, at: word.at, word.json))]
        case .acknowledgementGone(let fingerprint): [.forget(.acknowledgement, key: fingerprint.description)]
        case .digest(let entry): [.keep(KeptValue(.alerting, Self.key(of: entry), at: entry.at, entry.json))]
        case .digestGone: digest.map { .forget(.alerting, key: $0) }
        case .alertGone, .silenceGone, .toldGone: []
        }
    }

    private func row(of alert: ReceivedAlert) -> HistoryChange {
        .inbound(
            InboundEntry(
                key: alert.fingerprint.description,
                source: alert.origin.text,
                fingerprint: alert.fingerprint.description,
                starts: alert.startsAt,
                ends: alert.endsAt,
                updated: alert.updatedAt,
                payload: alert.json
            )
        )
    }

    private func row(of silence: Silence) -> HistoryChange {
        .silence(
            SilenceEntry(
                id: silence.id,
                starts: silence.startsAt,
                ends: silence.endsAt,
                updated: silence.updatedAt,
                payload: silence.json
            )
        )
    }

    private func row(of entry: NotificationLog.Entry) -> HistoryChange {
        .notified(
            NotificationLogEntry(
                group: entry.key.groupKey,
                receiver: entry.key.integration.description,
                at: entry.at,
                expires: entry.expiresAt,
                payload: entry.json
            )
        )
    }

    static func key(of entry: DigestEntry) -> String {
        "\(digestPrefix)\(entry.alert.fingerprint)/\(entry.at.rawValue)"
    }

    // MARK: Reading

    /// What a former process knew.
    func restore(at now: Timestamp) throws -> (saved: SavedAlerting, waiting: [Waiting]) {
        try history.read { reader throws(HistoryError) in
            let waiting = try reader.pendingOutbox(limit: NotificationKeeper.outboxLimit).compactMap { entry in
                (try? JSONValue(parsing: entry.body)).flatMap { Notification($0) }
                    .map { Waiting(notification: $0, attempts: entry.attempts) }
            }
            let saved = SavedAlerting(
                alerts: try reader.openInbound(at: now).compactMap { ReceivedAlert($0.payload) },
                silences: try reader.silences().compactMap { Silence($0.payload) },
                told: try reader.notificationLog().compactMap { NotificationLog.Entry($0.payload) }
                    .filter { $0.expiresAt > now },
                acknowledgements: try reader.kept(.acknowledgement).compactMap { AlertAcknowledgement($0.value) },
                digest: try reader.kept(.alerting).filter { $0.key.hasPrefix(Self.digestPrefix) }
                    .compactMap { DigestEntry($0.value) }.sorted { $0.at < $1.at },
                notifications: waiting.map(\.notification)
            )
            return (saved, waiting)
        }
    }
}

extension TrailEntry {
    /// What became of the news, for people. `alert` is the alert's name, `fingerprint` that of the alert as medic's rules know it.
    func record(of alert: String, _ fingerprint: Fingerprint) -> HistoryRecord {
        let whom = receiver.isEmpty ? "" : " for \(receiver)"
        return HistoryRecord(
            at: at,
            kind: .notification,
            name: verdict.rawValue,
            alert: alert,
            fingerprint: fingerprint.description,
            text: "\(alert) \(verdict.rawValue)\(whom): \(why)",
            payload: .object(
                JSONObject([
                    .init(name: "receiver", value: .string(receiver)),
                    .init(name: "groupKey", value: .string(groupKey)),
                    .init(name: "notification", value: notification.map { .string($0) } ?? .null),
                ])
            )
        )
    }
}
