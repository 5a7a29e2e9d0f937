public import JSON
import Metrics

extension Notification {
    /// The notification as it stands in the outbox.
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "id": .string(id),
                "integration": .string(integration.description),
                "groupKey": .string(groupKey),
                "groupLabels": groupLabels.json,
                "alerts": .array(alerts.map(\.json)),
                "reason": .string(reason.code),
                "fallbackFor": reason.origin.map { .string($0.description) },
                "createdAt": createdAt.json,
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let id = json["id"]?.string,
            let integration = json["integration"]?.string.flatMap({ IntegrationKey($0) }),
            let groupKey = json["groupKey"]?.string, let groupLabels = Labels(json["groupLabels"]),
            let list = json["alerts"]?.array, let createdAt = Timestamp(json["createdAt"]),
            let reason = Reason(json["reason"]?.string ?? "", for: json["fallbackFor"]?.string)
        else { return nil }
        let alerts = list.compactMap { NotifiedAlert($0) }
        guard alerts.count == list.count else { return nil }
        self.init(
            id: id,
            integration: integration,
            groupKey: groupKey,
            groupLabels: groupLabels,
            alerts: alerts,
            reason: reason,
            createdAt: createdAt
        )
    }
}

extension Notification.Reason {
    /// One word, for saving and for metrics.
    public var code: String {
        switch self {
        case .changed: "changed"
        case .repeated: "repeated"
        case .escalation: "escalation"
        case .digest: "digest"
        case .fallback: "fallback"
        case .test: "test"
        }
    }

    fileprivate var origin: IntegrationKey? {
        if case .fallback(let key) = self { key } else { nil }
    }

    fileprivate init?(_ code: String, for origin: String?) {
        switch code {
        case "changed": self = .changed
        case "repeated": self = .repeated
        case "escalation": self = .escalation
        case "digest": self = .digest
        case "test": self = .test
        case "fallback":
            guard let key = origin.flatMap({ IntegrationKey($0) }) else { return nil }
            self = .fallback(for: key)
        default: return nil
        }
    }
}

extension NotifiedAlert {
    /// The alert as it is saved.
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "labels": labels.json,
                "annotations": annotations.json,
                "startsAt": startsAt.json,
                "endsAt": endsAt?.json,
                "generatorURL": .string(generatorURL),
                "healing": healing?.json,
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let labels = Labels(json["labels"]), let annotations = [Label](json["annotations"]),
            let startsAt = Timestamp(json["startsAt"])
        else { return nil }
        self.init(
            labels: labels,
            annotations: annotations,
            startsAt: startsAt,
            endsAt: Timestamp(json["endsAt"]),
            generatorURL: json["generatorURL"]?.string ?? "",
            healing: json["healing"].flatMap { HealingWord($0) }
        )
    }
}

extension HealingWord {
    /// The word as it is saved.
    public var json: JSONValue {
        .object(
            JSONObject(present: [
                "run": .string(run), "playbook": .string(playbook), "occasion": .string(occasion.rawValue),
                "sentence": .string(sentence), "details": details.json,
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let run = json["run"]?.string, let playbook = json["playbook"]?.string,
            let occasion = json["occasion"]?.string.flatMap({ Occasion(rawValue: $0) }),
            let sentence = json["sentence"]?.string
        else { return nil }
        self.init(
            run: run,
            playbook: playbook,
            occasion: occasion,
            sentence: sentence,
            details: [Label](json["details"]) ?? []
        )
    }
}

extension DigestEntry {
    /// The entry as it is saved.
    public var json: JSONValue { .object(JSONObject(present: ["alert": alert.json, "at": at.json])) }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        guard let alert = json["alert"].flatMap({ NotifiedAlert($0) }), let at = Timestamp(json["at"]) else {
            return nil
        }
        self.init(alert: alert, at: at)
    }
}

extension NotificationLog.Entry {
    /// The entry as it is saved.
    public var json: JSONValue {
        func list(_ fingerprints: Set<Fingerprint>) -> JSONValue {
            .array(fingerprints.sorted().map { .string($0.description) })
        }
        return .object(
            JSONObject(present: [
                "groupKey": .string(key.groupKey),
                "integration": .string(key.integration.description),
                "firing": list(told.firing),
                "resolved": list(told.resolved),
                "words": .array(told.words.sorted().map { .string($0) }),
                "at": at.json,
                "expiresAt": expiresAt.json,
            ])
        )
    }

    /// Reads what was saved; nil when it is something else.
    public init?(_ json: JSONValue) {
        func set(_ name: String) -> Set<Fingerprint> {
            Set((json[name]?.array ?? []).compactMap { $0.string.flatMap { Fingerprint($0) } })
        }
        guard let groupKey = json["groupKey"]?.string,
            let integration = json["integration"]?.string.flatMap({ IntegrationKey($0) }),
            let at = Timestamp(json["at"]), let expiresAt = Timestamp(json["expiresAt"])
        else { return nil }
        self.init(
            key: NotificationLog.Key(groupKey: groupKey, integration: integration),
            told: NotificationLog.Told(
                firing: set("firing"),
                resolved: set("resolved"),
                words: Set((json["words"]?.array ?? []).compactMap(\.string))
            ),
            at: at,
            expiresAt: expiresAt
        )
    }
}
